// title: Rust: threads and a channel
// about: Each thread is a clone; a channel is memory and a futex, so the kernel is only asked by who has to wait.
// arch: x86_64

use std::sync::mpsc;
use std::thread;

fn main() {
    let (tx, rx) = mpsc::channel();
    for n in 1..=3 {
        let tx = tx.clone();
        thread::spawn(move || {
            tx.send(n * n).unwrap();
        });
    }
    drop(tx);

    // Ends when every sender is gone.
    let sum: i32 = rx.iter().sum();
    println!("sum: {sum}");
}
