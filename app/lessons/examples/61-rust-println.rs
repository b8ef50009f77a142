// title: Rust: println!
// about: What the standard library does before and after main, and how println! reaches write.
// arch: x86_64

fn main() {
    let words = ["what", "println!", "asks", "for"];
    println!("{}", words.join(" "));
}
