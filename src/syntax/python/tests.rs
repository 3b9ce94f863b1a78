use super::parse;
use crate::source::{Source, SourceId};
use crate::syntax::typescript::{ExprKind, File, StmtKind};

fn read(text: &str) -> File {
    parse(&Source::new(SourceId(0), "railway.py", text))
}

#[test]
fn a_decorated_function_is_the_default_export() {
    let file =
        read("from railway_sdk import define_railway\n\n@define_railway\ndef main(ctx=None):\n    return None\n");
    assert_eq!(file.problems, []);
    assert!(matches!(&file.statements[1].kind, StmtKind::ExportDefault(e) if matches!(e.kind, ExprKind::Call { .. })));
}

#[test]
fn strings() {
    let text = "a = 'x' \"y\\n\"\nb = r'\\d'\nc = f\"{a}-{{b}}\"\n";
    let file = read(text);
    let value = |i: usize| match &file.statements[i].kind {
        StmtKind::Expression(e) => match &e.kind {
            ExprKind::Assign { value, .. } => value.kind.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(value(1), ExprKind::String("xy\n".into()));
    assert_eq!(value(2), ExprKind::String("\\d".into()));
    assert!(matches!(value(3), ExprKind::Template(parts) if parts.len() == 2));
}

#[test]
fn hostile_files_end() {
    for text in [
        "(".repeat(5_000),
        "[".repeat(100_000),
        "a = ".repeat(2_000),
        "if x:\n ".repeat(500),
        "f'{".repeat(1_000),
        format!("x = {}1", "not ".repeat(20_000)),
        "def f(:\n  return\n\x00".to_owned(),
        "x = '\\x".to_owned(),
    ] {
        let _ = read(&text);
    }
}
