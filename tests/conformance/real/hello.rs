use std::collections::BTreeMap;
use std::fs;
use std::sync::{mpsc, Arc, Mutex};
use std::thread;
use std::time::Duration;

fn main() {
    println!("hello from Rust");
    let total = Arc::new(Mutex::new(0u64));
    let threads: Vec<_> = (0..4u64)
        .map(|n| {
            let total = Arc::clone(&total);
            thread::spawn(move || {
                for i in 0..1000 {
                    *total.lock().unwrap() += i * n;
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    println!("total {}", total.lock().unwrap());
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(2));
        sender.send("by channel").unwrap();
    });
    println!("received {}", receiver.recv().unwrap());
    fs::write("rust.txt", "written by Rust\n").unwrap();
    print!("{}", fs::read_to_string("rust.txt").unwrap());
    println!("{}", fs::read_to_string("missing").unwrap_err());
    let mut words = BTreeMap::new();
    for word in "one two one three one two".split(' ') {
        *words.entry(word).or_insert(0) += 1;
    }
    println!("{:?}", words);
    // The usual message has the thread's id in it, which is another one on every machine.
    std::panic::set_hook(Box::new(|info| eprintln!("panicked: {}", info.payload().downcast_ref::<&str>().unwrap_or(&""))));
    let caught = thread::spawn(|| panic!("on purpose")).join();
    println!("the thread panicked: {}", caught.is_err());
    std::process::exit(3);
}
