//! Puts like functions of a WASM file beside each other: what compresses it looks back over 32 KB
//! alone, and finds there what the next function repeats.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{
    CodeSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload, TypeRef,
};

/// The same program with its functions in the order of their code.
pub(super) fn by_likeness(wasm: &[u8]) -> Result<Vec<u8>, String> {
    let mut order = Order::of(wasm).map_err(|error| error.to_string())?;
    let mut module = Module::new();
    order
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| error.to_string())?;
    Ok(module.finish())
}

/// Where functions were and where they will be. Those that are imported stay in front.
struct Order {
    imported: u32,
    /// The old places in the new order, without those that are imported.
    old: Vec<u32>,
    /// The new places in the old order.
    new: Vec<u32>,
}

impl Order {
    fn of(wasm: &[u8]) -> wasmparser::Result<Self> {
        let (mut imported, mut bodies) = (0, Vec::new());
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
                _ => {}
            }
        }
        let mut old: Vec<u32> = (0..).take(bodies.len()).collect();
        old.sort_by_key(|place| bodies.get(*place as usize));
        let mut new = vec![0; old.len()];
        for (to, from) in (0..).zip(&old) {
            if let Some(place) = new.get_mut(*from as usize) {
                *place = to;
            }
        }
        Ok(Self { imported, old, new })
    }

    fn in_new_order<T: Clone>(&self, items: &[T]) -> Vec<T> {
        let item = |place: &u32| items.get(*place as usize).cloned();
        self.old.iter().filter_map(item).collect()
    }
}

impl Reencode for Order {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        let own = function.checked_sub(self.imported);
        let new = own.and_then(|own| self.new.get(own as usize));
        Ok(new.map_or(function, |new| self.imported + new))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types: Vec<u32> = section.into_iter().collect::<wasmparser::Result<_>>()?;
        for kind in self.in_new_order(&types) {
            functions.function(self.type_index(kind)?);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies: Vec<FunctionBody<'_>> =
            section.into_iter().collect::<wasmparser::Result<_>>()?;
        for body in self.in_new_order(&bodies) {
            self.parse_function_body(code, body)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{ExportKind, ExportSection, Function, TypeSection, ValType};

    #[test]
    fn functions_move_and_calls_follow() {
        let (mut types, mut functions) = (TypeSection::new(), FunctionSection::new());
        types.ty().function([], [ValType::I32]);
        types.ty().function([], [ValType::I64]);
        functions.function(0).function(1);
        let (mut code, mut exports) = (CodeSection::new(), ExportSection::new());
        // the second one's code comes first in the order of bytes: it has fewer of them
        let mut caller = Function::new([]);
        caller.instructions().call(1).i32_wrap_i64().end();
        let mut called = Function::new([]);
        called.instructions().i64_const(7).end();
        code.function(&caller).function(&called);
        exports.export("caller", ExportKind::Func, 0);
        exports.export("called", ExportKind::Func, 1);
        let mut module = Module::new();
        module.section(&types).section(&functions);
        module.section(&exports).section(&code);
        let wasm = module.finish();

        let order = Order::of(&wasm).expect("a module");
        let moved = by_likeness(&wasm).expect("a module");
        assert_eq!(moved.len(), wasm.len());
        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(&moved) {
            if let Payload::ExportSection(exports) = payload.expect("valid") {
                for export in exports {
                    found.push(export.expect("valid").index);
                }
            }
        }
        assert_eq!(found, order.new);
        assert_eq!(by_likeness(&moved).expect("a module"), moved);
    }
}
