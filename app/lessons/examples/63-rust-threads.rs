// title: Rust: threads and a channel
// about: Each thread is a clone; a channel is memory and a futex, so the kernel is only asked by who has to wait.
// arch: x86_64

use std::sync::mpsc;
use std::thread;

fn main() {
    let (sender, squares) = mpsc::channel();
    for n in 1..=3 {
        let sender = sender.clone();
        thread::spawn(move || {
            sender.send(n * n).unwrap();
        });
    }
    drop(sender);

    // Ends when every sender is gone.
    let sum: i32 = squares.iter().sum();
    println!("sum: {sum}");
}
