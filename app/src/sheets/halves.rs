//! Work on many things that do not touch each other, by two threads where that pays.

/// Things from which a second thread pays.
const PARALLEL: usize = 2_000;

/// What each gives, in order.
pub(super) fn in_halves<T: Sync, R: Send>(all: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let some = |some: &[T]| some.iter().map(&each).collect::<Vec<R>>();
    if all.len() < PARALLEL {
        return some(all);
    }
    let (left, right) = all.split_at(all.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| some(right));
        let mut done = some(left);
        // A panic of the other half is a panic of this one.
        done.append(&mut other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        done
    })
}

#[cfg(test)]
mod tests {
    use super::{PARALLEL, in_halves};

    #[test]
    fn what_two_threads_give_stands_in_order() {
        for count in [0, 1, PARALLEL - 1, PARALLEL, PARALLEL + 1] {
            let all: Vec<usize> = (0..count).collect();
            assert_eq!(in_halves(&all, |one| one + 1), (1..=count).collect::<Vec<_>>());
        }
    }
}
