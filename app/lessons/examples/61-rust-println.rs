// title: Rust: println!
// about: What the standard library does before and after main, and how println! reaches write.
// arch: x86_64

fn main() {
    let words = ["many", "small", "words"];
    println!("{}", words.join(" "));
}
