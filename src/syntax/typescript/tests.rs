#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

fn parsed(text: &str) -> (Source, File) {
    let source = Source::new(SourceId(0), "railway.ts", text);
    let file = parse(&source);
    (source, file)
}

fn clean(text: &str) -> File {
    let (_, file) = parsed(text);
    assert_eq!(file.problems, [], "{text}");
    file
}

fn value(text: &str) -> Expr {
    let file = clean(&format!("x = {text}"));
    match &file.statements[0].kind {
        StmtKind::Expression(Expr { kind: ExprKind::Assign { value, .. }, .. }) => (**value).clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn imports_and_exports() {
    let file = clean(
        "import type { A } from 'a';\nimport d, { type B, c as e } from \"./b.js\";\nimport * as n from 'n';\n\
         import t from './t.json' with { type: 'json' };\n\
         export const partial = 'p', REGION: string = 'r';\nexport function f(a: string, { b, c: g = 1 }: X = {}, ...r: Y[]) {}\n\
         export { f as default, n };\nexport * from './o';\nexport default d(() => 1);\ninterface I { a: string }\ntype T = string;\n",
    );
    let kinds: Vec<_> =
        file.statements.iter().map(|s| format!("{:?}", s.kind).split(['(', ' ']).next().unwrap().to_owned()).collect();
    assert_eq!(
        kinds,
        ["Import", "Import", "Import", "Variables", "Function", "ExportNames", "ExportAll", "ExportDefault"]
    );
    let StmtKind::Import(import) = &file.statements[0].kind else { panic!() };
    assert_eq!(import.from.text, "./b.js");
    let bound: Vec<_> = import.bindings.iter().map(|(_, n)| n.text.as_str()).collect();
    assert_eq!(bound, ["d", "e"]);
    let StmtKind::Function { function, exported: true, .. } = &file.statements[4].kind else { panic!() };
    assert_eq!(function.parameters.len(), 3);
    assert!(function.parameters[2].rest && function.parameters[1].default.is_some());
    assert!(matches!(&function.parameters[1].pattern, Pattern::Object { members, .. } if members.len() == 2));
}

#[test]
fn types_are_stripped() {
    for text in ["(a as const)", "a!", "(a satisfies T)", "((a as unknown) as T)!"] {
        assert_eq!(value(text).kind, ExprKind::Name("a".into()), "{text}");
    }
    assert!(matches!(value("f<T>(a)").kind, ExprKind::Call { .. }));
}

#[test]
fn strings_are_unescaped() {
    assert_eq!(
        value(
            r#""a\"b\n\u{41}\x42\
c""#
        )
        .kind,
        ExprKind::String("a\"b\nABc".into())
    );
    assert_eq!(
        value("`a\\`${b}c`").kind,
        ExprKind::Template(vec![
            Part::Text("a`".into()),
            Part::Expression(Expr { span: Span::new(SourceId(0), 10, 11), kind: ExprKind::Name("b".into()) }),
            Part::Text("c".into()),
        ])
    );
    assert_eq!(value("`plain`").kind, ExprKind::String("plain".into()));
    assert_eq!(value("50_000").kind, ExprKind::Number(50_000.0));
    assert_eq!(value("0x10").kind, ExprKind::Number(16.0));
}

#[test]
fn objects_arrays_and_calls() {
    let ExprKind::Object(members) =
        value("{ a, 'b c': 1, [d]: 2, ...e, f() { return 1; }, get g() { return 2 }, 5432: {} }").kind
    else {
        panic!()
    };
    let kinds: Vec<_> = members
        .iter()
        .map(|m| match &m.kind {
            PropertyKind::Named(name, _) => name.text.as_str(),
            PropertyKind::Computed(..) => "[computed]",
            PropertyKind::Spread(_) => "...",
            PropertyKind::Other(_) => "other",
        })
        .collect();
    assert_eq!(kinds, ["a", "b c", "[computed]", "...", "f", "other", "5432"]);
    let ExprKind::Call { arguments, .. } = value("f(...a, /* no */ b, (x) => x, async () => { await y(); })").kind
    else {
        panic!()
    };
    assert_eq!(arguments.len(), 4);
    assert!(arguments[0].spread);
    assert!(matches!(value("a?.b?.[c]?.(d)").kind, ExprKind::Call { optional: true, .. }));
    assert!(matches!(value("a ?? b || c && !d").kind, ExprKind::Binary(Binary::Nullish, ..) | ExprKind::Binary(..)));
}

#[test]
fn statements() {
    let file = clean(
        "if (a) b.push(c); else if (d) { e(); } else f();\nfor (const [k, v] of Object.entries(o)) { x.y = v; }\n\
         switch (e) { case 'a': return 1; default: throw new Error('x') }\ntry { a() } catch (e) { b() } finally { c() }\nwhile (true) {}\nclass C {}\n",
    );
    let StmtKind::If { then, otherwise, .. } = &file.statements[0].kind else { panic!() };
    assert_eq!((then.len(), otherwise.len()), (1, 1));
    let StmtKind::Switch { cases, .. } = &file.statements[2].kind else { panic!() };
    assert_eq!(cases.len(), 2);
    assert_eq!(cases[1].1[0].kind, StmtKind::Throw);
    assert!(matches!(file.statements[4].kind, StmtKind::Other("while_statement")));
    assert!(matches!(file.statements[5].kind, StmtKind::Other("class_declaration")));
}

#[test]
fn a_comment_covers_the_next_item() {
    let (source, file) = parsed(
        "// one\nconst a = service('a', {\n  // two\n  start: 'x',\n  list: [\n    // three\n    b,\n  ],\n});\nf(\n  // four\n  g(1),\n);\n",
    );
    let covered: Vec<_> = file
        .comments
        .iter()
        .map(|c| {
            assert!(c.own_line);
            let item = file.item_after(c.span.end).unwrap();
            source.slice(item).lines().next().unwrap()
        })
        .collect();
    assert_eq!(covered, ["const a = service('a', {", "start: 'x'", "b", "g(1)"]);
    let texts: Vec<_> = file.comments.iter().map(|c| c.text.as_str()).collect();
    assert_eq!(texts, ["one", "two", "three", "four"]);
}

#[test]
fn comments_are_never_read_from_strings() {
    let file = clean("const a = '// no', b = `/* no ${ /* yes */ c } */`; /** doc */\n");
    let texts: Vec<_> = file.comments.iter().map(|c| c.text.as_str()).collect();
    assert_eq!(texts, ["yes", "doc"]);
}

#[test]
fn one_broken_statement_leaves_the_others() {
    let (_, file) = parsed("const a = postgres('a');\nconst b = service('b', { start: , );\nconst c = volume('c');\n");
    assert!(!file.problems.is_empty());
    let names: Vec<_> = file
        .statements
        .iter()
        .filter_map(|s| match &s.kind {
            StmtKind::Variables { declarations, .. } => match &declarations.first()?.0 {
                Pattern::Name(name) => Some(name.text.as_str()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert!(names.contains(&"a") && names.contains(&"c"), "{names:?}");
}

#[test]
fn hostile_inputs_end() {
    let deep = |open: &str, close: &str, n: usize| format!("x = {}{}", open.repeat(n), close.repeat(n));
    for text in [
        deep("[", "]", 100_000),
        deep("(", "", 100_000),
        deep("{a:", "}", 100_000),
        deep("[", "]", 900),
        deep("f(", ")", 900),
        deep("{", "", 900),
        format!("x = {}1", "!".repeat(20_000)),
        format!("x = {}1", "a ? b : ".repeat(5_000)),
        format!("x = 1{}", " + 1".repeat(5_000)),
        format!("x = a{}", ".b".repeat(5_000)),
        format!("{}x", "if (a) ".repeat(3_000)),
        "`${`${`${".repeat(200),
        "\u{0}\u{1}\u{feff}'".into(),
        "export default".into(),
        "import".into(),
        "const { a: { b: ".repeat(50),
    ] {
        let (source, file) = parsed(&text);
        for problem in &file.problems {
            assert!(problem.span.end as usize <= source.text.len());
        }
        if text.len() > 10_000 {
            assert!(!file.problems.is_empty());
        }
    }
}
