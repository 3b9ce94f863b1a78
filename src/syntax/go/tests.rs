use super::parse;
use crate::source::{Source, SourceId};
use crate::syntax::typescript::{ExprKind, File, StmtKind};

fn read(text: &str) -> File {
    parse(&Source::new(SourceId(0), "railway.go", text))
}

#[test]
fn the_function_railway_is_the_default_export() {
    let text = "package main\n\nimport \"github.com/railwayapp/railway-go-iac/iac\"\n\nconst Partial = \"api\"\n\n\
                func Railway() iac.Project {\n\treturn iac.ProjectNamed(\"a\", []any{})\n}\n";
    let file = read(text);
    assert_eq!(file.problems, []);
    assert!(file.statements.iter().any(|s| matches!(s.kind, StmtKind::ExportDefault(_))));
    assert!(
        file.statements
            .iter()
            .any(|s| matches!(&s.kind, StmtKind::ExportNames { names, .. } if names[0].1.text == "partial"))
    );
}

#[test]
fn literals() {
    let text = "package main\nvar a = map[string]any{\"x\": 1, \"y\": []string{\"z\"}}\nvar b = T{Field: \"v\"}\nvar c = []any{}\n";
    let file = read(text);
    let kinds: Vec<ExprKind> = file
        .statements
        .iter()
        .filter_map(|s| match &s.kind {
            StmtKind::Variables { declarations, .. } => declarations[0].1.as_ref().map(|e| e.kind.clone()),
            _ => None,
        })
        .collect();
    assert!(matches!(&kinds[0], ExprKind::Object(p) if p.len() == 2));
    assert!(matches!(&kinds[1], ExprKind::Object(p) if p.len() == 1));
    assert!(matches!(&kinds[2], ExprKind::Array(a) if a.is_empty()));
}

#[test]
fn hostile_files_end() {
    for text in [
        "package main\nvar a = ".to_owned() + &"(".repeat(5_000),
        "package main\nvar a = ".to_owned() + &"[".repeat(100_000),
        "package main\nfunc Railway() { ".to_owned() + &"if x { ".repeat(900),
        "package main\nvar a = ".to_owned() + &"!".repeat(50_000) + "b",
        "\u{0}\u{1}".to_owned(),
    ] {
        let _ = read(&text);
    }
}
