//! The `#[hook]` attribute. Use it as `hookwright::hook`; the crate `hookwright` documents it.
//!
//! The attribute leaves the function as it was and appends one `inventory::submit!` of an ordinary
//! const struct. It knows no hook by name: which hooks there are, and what their handlers take and
//! return, is decided by the table in `hookwright`, and checked by the compiler on the code that
//! is appended here.

mod attribute;
mod expand;
mod handler;

use proc_macro::TokenStream;

/// Registers a function as the handler of a hook. See `hookwright::hook`.
#[proc_macro_attribute]
pub fn hook(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    let expanded = attribute::parse(attribute.into())
        .and_then(|attribute| handler::parse(item.clone()).map(|handler| (attribute, handler)))
        .map(|(attribute, handler)| expand::registrations(&attribute, &handler));
    let appended = expanded.unwrap_or_else(|fault| fault.into_compile_error());
    // The function stays even when the registration is refused, so that a fault here does not
    // become "cannot find function" elsewhere.
    quote::quote!(#item #appended).into()
}
