//! What stands in the attribute: `#[hook(HookName::X, timeout = "5s", priority = 10)]`.

use std::time::Duration;

use proc_macro2::TokenStream;
use syn::parse::{Parse as _, ParseStream, Parser as _};
use syn::{Ident, LitInt, LitStr, Path, Result, Token, bracketed, token};

/// How the handler says which hook it is for.
#[derive(Clone)]
pub(crate) enum Target {
    /// `#[hook(HookName::MessageWillBePosted)]`
    Path(Path),
    /// `#[hook("MessageWillBePosted")]`
    Text(Ident),
    /// `#[hook("client.added")]`, with underscores for dots, and as it is written
    EventText(Ident, LitStr),
    /// `#[hook([HookName::ClientAdded, HookName::ClientRemoved])]`
    Events(Vec<Path>),
    /// `#[hook]`: the function's own name says it.
    FunctionName,
}

pub(crate) struct Attribute {
    pub(crate) target: Target,
    pub(crate) timeout: Option<Duration>,
    pub(crate) priority: i32,
    /// `Open` or `Closed`.
    pub(crate) on_failure: Option<Ident>,
    /// `Cancel` or `Finish`.
    pub(crate) on_caller_gone: Option<Ident>,
    pub(crate) path: Option<LitStr>,
}

pub(crate) fn parse(tokens: TokenStream) -> Result<Attribute> {
    attribute.parse2(tokens)
}

fn attribute(input: ParseStream<'_>) -> Result<Attribute> {
    let mut parsed = Attribute {
        target: target(input)?,
        timeout: None,
        priority: 0,
        on_failure: None,
        on_caller_gone: None,
        path: None,
    };
    let mut seen: Vec<Ident> = Vec::new();
    while !input.is_empty() {
        let key: Ident = input.parse()?;
        if seen.contains(&key) {
            return Err(syn::Error::new(key.span(), format!("`{key}` is given twice")));
        }
        input.parse::<Token![=]>()?;
        match key.to_string().as_str() {
            "timeout" => parsed.timeout = Some(timeout(&input.parse()?)?),
            "priority" => parsed.priority = priority(input)?,
            "path" => parsed.path = Some(input.parse()?),
            "on_failure" => {
                let policies = [("open", "Open"), ("closed", "Closed")];
                parsed.on_failure = Some(one_of(&key, &input.parse()?, policies)?);
            }
            "on_caller_gone" => {
                let ways = [("cancel", "Cancel"), ("finish", "Finish")];
                parsed.on_caller_gone = Some(one_of(&key, &input.parse()?, ways)?);
            }
            _ => {
                return Err(syn::Error::new(
                    key.span(),
                    format!(
                        "unknown setting `{key}`; a handler may have `timeout`, `priority`, `on_failure`, `on_caller_gone` and, for ServeHTTP and ServeMetrics, `path`"
                    ),
                ));
            }
        }
        seen.push(key);
        comma(input)?;
    }
    Ok(parsed)
}

fn target(input: ParseStream<'_>) -> Result<Target> {
    let target = if input.peek(LitStr) {
        text(&input.parse()?)?
    } else if input.peek(token::Bracket) {
        Target::Events(events(input)?)
    } else if input.peek(Ident) && !input.peek2(Token![=]) {
        Target::Path(input.parse()?)
    } else if input.is_empty() || input.peek(Ident) {
        return Ok(Target::FunctionName);
    } else {
        return Err(input.error(
            "expected `HookName::X`, a hook's name as text, a list of events, or nothing at all (the function's name then says the hook)",
        ));
    };
    comma(input)?;
    Ok(target)
}

fn text(text: &LitStr) -> Result<Target> {
    let value = text.value();
    // Hooks are written in upper camel case, events in lower case with dots.
    let is_event = value.starts_with(|first: char| first.is_ascii_lowercase());
    let name = if is_event { value.replace('.', "_") } else { value.clone() };
    match LitStr::new(&name, text.span()).parse() {
        Ok(name) if is_event => Ok(Target::EventText(name, text.clone())),
        Ok(name) => Ok(Target::Text(name)),
        Err(_) => {
            let fault = format!("\"{value}\" is not the name of a hook");
            Err(syn::Error::new(text.span(), fault))
        }
    }
}

/// The events of a list, at least one and none of them twice.
fn events(input: ParseStream<'_>) -> Result<Vec<Path>> {
    let content;
    let bracket = bracketed!(content in input);
    let paths = content.parse_terminated(Path::parse, Token![,])?;
    if paths.is_empty() {
        return Err(syn::Error::new(
            bracket.span.join(),
            "the list is empty: name the events that the handler is for, as in `[HookName::ClientAdded, HookName::ClientRemoved]`",
        ));
    }
    let mut seen: Vec<&Ident> = Vec::new();
    for name in paths.iter().filter_map(|path| path.segments.last()).map(|last| &last.ident) {
        if seen.contains(&name) {
            return Err(syn::Error::new(name.span(), format!("`{name}` is in the list twice")));
        }
        seen.push(name);
    }
    Ok(paths.into_iter().collect())
}

fn comma(input: ParseStream<'_>) -> Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

fn priority(input: ParseStream<'_>) -> Result<i32> {
    let negative = input.parse::<Option<Token![-]>>()?.is_some();
    let literal: LitInt = input.parse()?;
    let text = format!("{}{}", if negative { "-" } else { "" }, literal.base10_digits());
    text.parse().map_err(|_| {
        syn::Error::new(
            literal.span(),
            "`priority` is a whole number of 32 bits; lower runs earlier",
        )
    })
}

/// The variant that one of two words stands for, where the word stands.
fn one_of(key: &Ident, text: &LitStr, words: [(&str, &str); 2]) -> Result<Ident> {
    match words.iter().find(|(word, _)| *word == text.value()) {
        Some((_, variant)) => Ok(Ident::new(variant, text.span())),
        None => {
            let [(first, _), (second, _)] = words;
            let value = text.value();
            let fault = format!("`{key}` is \"{first}\" or \"{second}\", not \"{value}\"");
            Err(syn::Error::new(text.span(), fault))
        }
    }
}

/// A number and a unit: `250ms`, `5s`, `2m`.
fn timeout(text: &LitStr) -> Result<Duration> {
    let fault = || {
        syn::Error::new(
            text.span(),
            format!(
                "`timeout` is a whole number above zero with a unit, such as \"250ms\", \"5s\" or \"2m\", not \"{}\"",
                text.value()
            ),
        )
    };
    let value = text.value();
    let digits = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = value.split_at(digits);
    let milliseconds_each = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => return Err(fault()),
    };
    let number: u64 = number.parse().map_err(|_| fault())?;
    match number.checked_mul(milliseconds_each) {
        Some(total) if total > 0 => Ok(Duration::from_millis(total)),
        _ => Err(fault()),
    }
}
