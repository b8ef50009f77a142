// title: Rust: threads and a channel
// about: Each thread is a clone; a channel is memory and a futex, so the kernel is only asked by who has to wait.
// arch: x86_64

use std::sync::mpsc;
use std::thread;

fn main() {
    let (sender, receiver) = mpsc::channel();
    let threads: Vec<_> = (1..=3)
        .map(|n| {
            let sender = sender.clone();
            thread::spawn(move || sender.send(n * n).unwrap())
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    drop(sender);
    println!("sum: {}", receiver.iter().sum::<i32>());
}
