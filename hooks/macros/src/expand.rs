//! What is appended to the handler: one registration, a const struct in the link-time registry; of a
//! handler of several events one for each.
//!
//! Names of ours that stand beside names of the author's begin with two underscores: the function
//! may be called `start`, and one of its types `Hook`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned as _;

use crate::attribute::{Attribute, Target};
use crate::handler::Handler;

pub(crate) fn registrations(attribute: &Attribute, handler: &Handler) -> TokenStream {
    match &attribute.target {
        Target::Events(events) => events
            .iter()
            .map(|event| {
                registration(attribute, &Target::Path(event.clone()), handler, Some(event.span()))
            })
            .collect(),
        target => registration(attribute, target, handler, None),
    }
}

/// One registration; `listed` is where the event stands in a list.
fn registration(
    attribute: &Attribute,
    target: &Target,
    handler: &Handler,
    listed: Option<Span>,
) -> TokenStream {
    let (hook, mention) = hook_type(target, handler);
    let name = handler.name.to_string();
    let function = &handler.name;
    let start = start(handler, listed);
    let kind = if handler.is_async { quote!(Async) } else { quote!(Sync) };
    let priority = attribute.priority;
    let timeout = match attribute.timeout {
        None => quote!(::core::option::Option::None),
        Some(timeout) => {
            let milliseconds = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
            quote!(::core::option::Option::Some(::core::time::Duration::from_millis(#milliseconds)))
        }
    };
    let on_failure = match &attribute.on_failure {
        None => quote!(::core::option::Option::None),
        Some(policy) => {
            quote!(::core::option::Option::Some(::hookwright::FailurePolicy::#policy))
        }
    };
    let on_caller_gone = match &attribute.on_caller_gone {
        None => quote!(::core::option::Option::None),
        Some(way) => quote!(::core::option::Option::Some(::hookwright::CallerGone::#way)),
    };
    let path = match &attribute.path {
        None => quote!(::core::option::Option::None),
        Some(path) => quote!(::core::option::Option::Some(#path)),
    };
    let path_span = attribute.path.as_ref().map_or_else(Span::call_site, LitStr::span);
    let path_check = quote_spanned!(path_span=>
        const _: () = __engine::assert_fits(
            <__Hook as __engine::Hook>::NAME,
            #path,
            #on_failure,
            #on_caller_gone,
        );
    );
    // The line that `list` and the audit print is the function's, not the attribute's.
    let line = quote_spanned!(function.span()=> ::core::line!());
    quote! {
        const _: () = {
            use ::hookwright::engine as __engine;
            type __Hook = #hook;
            #mention
            #path_check
            #start
            __engine::inventory::submit! {
                __engine::Registration {
                    hook: <__Hook as __engine::Hook>::NAME,
                    handler: #name,
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: #line,
                    kind: __engine::HandlerKind::#kind,
                    priority: #priority,
                    timeout: #timeout,
                    on_failure: #on_failure,
                    on_caller_gone: #on_caller_gone,
                    path: #path,
                    start: __start,
                }
            }
        };
    }
}

/// The path of the hook's type, and a use of the author's own path so that it is checked, and the
/// author's import of `HookName` counts as used.
fn hook_type(target: &Target, handler: &Handler) -> (TokenStream, TokenStream) {
    match target {
        Target::Path(path) => {
            let last = path.segments.last().map(|segment| &segment.ident);
            (quote!(::hookwright::hooks::#last), quote!(const _: ::hookwright::HookName = #path;))
        }
        Target::Text(name) => (quote!(::hookwright::hooks::#name), TokenStream::new()),
        Target::EventText(name, text) => (
            quote!(::hookwright::hooks::by_event_name::#name),
            quote_spanned!(text.span()=>
                const _: () = __engine::assert_event(<__Hook as __engine::Hook>::NAME, #text);
            ),
        ),
        // Each event of a list is a path of its own.
        Target::Events(_) => (TokenStream::new(), TokenStream::new()),
        Target::FunctionName => {
            let function = &handler.name;
            (quote!(::hookwright::hooks::by_function_name::#function), TokenStream::new())
        }
    }
}

/// The function that takes the arguments out of the exchange and makes the job of running the
/// handler on them.
fn start(handler: &Handler, listed: Option<Span>) -> TokenStream {
    let function = &handler.name;
    let types = &handler.parameters;
    let names: Vec<Ident> =
        (0..types.len()).map(|index| format_ident!("__argument_{index}")).collect();
    // The whole list is checked in one place, so that a wrong number and a wrong type give one
    // error each, and it stands at the handler's parameters.
    // Locals are known by where they stand as well, and another macro may have written the handler:
    // so these two are bound where they are used.
    let given = Ident::new("__arguments", handler.parameters_span);
    let value = Ident::new("__value", handler.answer_span);
    let (handed_over, handed_type) = match listed {
        None => (
            quote!(__engine::arguments::<__Hook>(__exchange)),
            quote!(<__Hook as __engine::Hook>::Arguments),
        ),
        Some(span) => (
            quote_spanned!(span=> __engine::listed::<__Hook>(__exchange)),
            quote!((::hookwright::events::Event,)),
        ),
    };
    let arguments = quote_spanned! {handler.parameters_span=>
        <(#(#types,)*) as __engine::Takes<#handed_type>>::take(#given)
    };
    let context = if handler.borrows_context { quote!(&__cx) } else { quote!(__cx) };
    let call = quote!(#function(#context, #(#names),*));
    let finish = quote_spanned!(handler.answer_span=> __engine::finish::<__Hook, _>(#value));
    let job = if handler.is_async {
        quote!(asynchronous(async move { let #value = #call.await; #finish }))
    } else {
        quote!(synchronous(move || { let #value = #call; #finish }))
    };
    quote! {
        fn __start(
            __cx: ::hookwright::Context,
            __exchange: &mut dyn __engine::Exchange,
        ) -> __engine::Job {
            let #given = #handed_over;
            let (#(#names,)*) = #arguments;
            __engine::Job::#job
        }
    }
}
