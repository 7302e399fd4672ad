use proptest::prelude::*;

use super::*;

const OUT: Channel = Channel::Stdout;
const ERR: Channel = Channel::Stderr;

/// What a reader gets without waiting: the channel, the text, and the bytes lost before it.
fn take(backlog: &Backlog, reader: &Reader) -> Option<(Channel, String, u64)> {
    let (lost, channel, data) = backlog.lock().take(reader.id)?;
    Some((channel, String::from_utf8(data.to_vec()).unwrap(), lost))
}

fn piece(channel: Channel, text: &str) -> Option<(Channel, String, u64)> {
    Some((channel, text.to_owned(), 0))
}

#[test]
fn what_nobody_has_seen_waits_for_the_first_reader_in_order() {
    let backlog = Backlog::default();
    for (channel, text) in [(OUT, "a"), (OUT, "b"), (ERR, "c"), (OUT, "d")] {
        backlog.push(channel, text.as_bytes());
    }
    let reader = backlog.reader();
    assert_eq!(take(&backlog, &reader), piece(OUT, "ab"));
    assert_eq!(take(&backlog, &reader), piece(ERR, "c"));
    assert_eq!(take(&backlog, &reader), piece(OUT, "d"));
    assert_eq!(take(&backlog, &reader), None);
    backlog.push(OUT, b"e");
    assert_eq!(take(&backlog, &reader), piece(OUT, "e"));
}

#[test]
fn a_second_reader_takes_nothing_away_from_the_first() {
    let backlog = Backlog::default();
    backlog.push(OUT, b"before");
    let first = backlog.reader();
    assert_eq!(take(&backlog, &first), piece(OUT, "before"));
    let second = backlog.reader();
    backlog.push(OUT, b"both");
    assert_eq!(take(&backlog, &second), piece(OUT, "both"));
    assert_eq!(take(&backlog, &first), piece(OUT, "both"));
    drop(first);
    backlog.push(OUT, b"one");
    assert_eq!(take(&backlog, &second), piece(OUT, "one"));
}

#[test]
fn a_reader_that_comes_later_goes_on_where_the_one_before_has_left() {
    let backlog = Backlog::default();
    let first = backlog.reader();
    backlog.push(OUT, b"seen");
    assert_eq!(take(&backlog, &first), piece(OUT, "seen"));
    drop(first);
    backlog.push(OUT, b"in between");
    assert_eq!(take(&backlog, &backlog.reader()), piece(OUT, "in between"));
}

#[test]
fn with_nobody_to_read_the_newest_is_kept_and_the_loss_is_told_once() {
    let backlog = Backlog::default();
    let lines: Vec<String> = (0..100_000).map(|line| format!("{line:7}\n")).collect();
    for line in &lines {
        backlog.push(OUT, line.as_bytes());
    }
    let reader = backlog.reader();
    let (mut text, mut losses) = (String::new(), Vec::new());
    while let Some((_, piece, lost)) = take(&backlog, &reader) {
        text.push_str(&piece);
        losses.extend((lost > 0).then_some(lost));
    }
    assert!(text.len() <= KEPT && text.len() > KEPT - LARGEST_PIECE, "{}", text.len());
    assert!(lines.concat().ends_with(&text));
    assert_eq!(losses, [(lines.concat().len() - text.len()) as u64]);
}

#[test]
fn a_reader_that_takes_nothing_does_not_hold_up_who_prints() {
    let backlog = Backlog::default();
    let reader = backlog.reader();
    // Would wait for ever if anything did.
    for _ in 0..QUEUED / 1024 * 4 {
        backlog.push(OUT, &[b'x'; 1024]);
    }
    assert!(backlog.lock().len() <= QUEUED);
    let (_, _, lost) = take(&backlog, &reader).unwrap();
    assert_eq!(lost, (QUEUED * 3) as u64);
}

#[test]
fn a_burst_reaches_a_reader_that_keeps_up_whole() {
    // However busy the machine is.
    let backlog = Backlog::new(Duration::from_secs(60));
    let mut reader = backlog.reader();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let printer = std::thread::spawn({
        let backlog = backlog.clone();
        move || {
            for number in 0..8 * QUEUED / LARGEST_PIECE {
                backlog.push(OUT, &[u8::try_from(number % 251).unwrap(); LARGEST_PIECE]);
            }
            backlog.close();
        }
    });
    let read = runtime.block_on(async {
        let mut read = 0;
        while let Some((_, data)) = reader.next().await {
            assert!(data.iter().all(|byte| usize::from(*byte) == read / LARGEST_PIECE % 251));
            read += data.len();
        }
        read
    });
    printer.join().unwrap();
    assert_eq!(read, 8 * QUEUED);
}

#[tokio::test]
async fn closing_ends_a_reader_after_what_was_printed_before() {
    let backlog = Backlog::default();
    let mut reader = backlog.reader();
    backlog.push(OUT, b"the last words");
    backlog.close();
    backlog.push(OUT, b"too late");
    assert_eq!(reader.next().await.unwrap().1, "the last words");
    assert_eq!(reader.next().await, None);
    drop(reader);
    backlog.left().await;
}

proptest! {
    #[test]
    fn every_reader_gets_what_is_printed_while_it_reads(
        steps in prop::collection::vec((0..3_usize, any::<bool>(), "[a-z]{1,9}"), 0..60),
    ) {
        let backlog = Backlog::default();
        let readers = [backlog.reader(), backlog.reader()];
        let mut printed: [String; 2] = Default::default();
        let mut got: [[String; 2]; 2] = Default::default();
        let mut read = |who: usize| {
            if let Some((channel, text, _)) = take(&backlog, &readers[who]) {
                got[who][usize::from(channel == ERR)].push_str(&text);
                return true;
            }
            false
        };
        for (step, complains, text) in steps {
            match step {
                2 => {
                    backlog.push(if complains { ERR } else { OUT }, text.as_bytes());
                    printed[usize::from(complains)].push_str(&text);
                }
                who => drop(read(who)),
            }
        }
        for who in [0, 1] {
            while read(who) {}
        }
        prop_assert_eq!(&got[0], &printed);
        prop_assert_eq!(&got[1], &printed);
    }
}

#[test]
fn short_pieces_are_bounded_by_their_number() {
    let backlog = Backlog::new(Duration::from_micros(1));
    let _reader = backlog.reader();
    for _ in 0..MOST_PIECES {
        backlog.push(OUT, b"o");
        backlog.push(ERR, b"e");
    }
    assert_eq!(backlog.lock().pieces.len(), MOST_PIECES);
}

#[test]
fn output_is_held_up_for_a_second_at_once_and_a_tenth_of_the_time() {
    let mut state = State::default();
    let now = Instant::now();
    assert_eq!(state.may_hold(now), HOLD);
    state.held += HOLD;
    assert_eq!(state.may_hold(now), Duration::ZERO);
    assert_eq!(state.may_hold(now + HOLD), HOLD / 10);
    assert_eq!(state.may_hold(now + HOLD * 11), HOLD);
}
