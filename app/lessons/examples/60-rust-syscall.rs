// title: Rust: the system call itself
// about: libc::syscall takes the number and the arguments as they are; only registers and one instruction lie below it.
// arch: x86_64

use libc::{syscall, SYS_write};

fn main() {
    let msg = "hello from Rust\n";
    unsafe {
        syscall(
            SYS_write,
            1,
            msg.as_ptr(),
            msg.len(),
        );
    }
}
