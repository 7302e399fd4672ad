//! The function under the attribute: which form it has, and what its signature must not have.

use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned as _;
use syn::{FnArg, Ident, ItemFn, Result, ReturnType, Type};

pub(crate) struct Handler {
    pub(crate) name: Ident,
    pub(crate) is_async: bool,
    /// Whether the first parameter is `&Context` rather than `Context`.
    pub(crate) borrows_context: bool,
    /// The types of the parameters after the context.
    pub(crate) parameters: Vec<Type>,
    /// Where the parameters, or in their absence the name, stand.
    pub(crate) parameters_span: Span,
    /// Where the return type, or in its absence the name, stands.
    pub(crate) answer_span: Span,
}

pub(crate) fn parse(item: TokenStream) -> Result<Handler> {
    let function: ItemFn = syn::parse2(item.clone()).map_err(|_| {
        syn::Error::new(
            item.into_iter().next().map_or_else(Span::call_site, |token| token.span()),
            "#[hook] goes on a function: `fn name(cx: &Context, ..)` or `async fn name(cx: Context, ..)`",
        )
    })?;
    let signature = &function.sig;
    refuse_generics_and_qualifiers(signature)?;

    let mut types = Vec::new();
    for input in &signature.inputs {
        match input {
            FnArg::Typed(parameter) => types.push((*parameter.ty).clone()),
            other => {
                return Err(syn::Error::new(
                    other.span(),
                    "a handler is a free function; keep what it needs in the plugin's state (`cx.state()`)",
                ));
            }
        }
    }
    let Some(first) = types.first() else {
        return Err(syn::Error::new(
            signature.ident.span(),
            "a handler's first parameter is its context: `cx: &Context` or `cx: Context`",
        ));
    };
    let borrows_context = matches!(first, Type::Reference(_));
    let answer_span = match &signature.output {
        ReturnType::Default => signature.ident.span(),
        ReturnType::Type(_, answer) => answer.span(),
    };
    let parameters: Vec<Type> = types.into_iter().skip(1).collect();
    Ok(Handler {
        name: signature.ident.clone(),
        is_async: signature.asyncness.is_some(),
        borrows_context,
        parameters_span: parameters.first().map_or_else(|| signature.ident.span(), |t| t.span()),
        parameters,
        answer_span,
    })
}

fn refuse_generics_and_qualifiers(signature: &syn::Signature) -> Result<()> {
    let refuse = |span: Span, what: &str| {
        Err(syn::Error::new(
            span,
            format!("a handler cannot be {what}: the host calls it by its hook alone"),
        ))
    };
    if !signature.generics.params.is_empty() {
        return refuse(signature.generics.span(), "generic");
    }
    if let Some(abi) = &signature.abi {
        return refuse(abi.span(), "extern");
    }
    if let Some(variadic) = &signature.variadic {
        return refuse(variadic.span(), "variadic");
    }
    Ok(())
}
