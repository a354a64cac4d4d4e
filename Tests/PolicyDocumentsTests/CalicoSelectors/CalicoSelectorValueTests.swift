// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel
import Testing

/// What selectors of Calico's language say of labels.
struct CalicoSelectorValueTests {
    /// A selector, labels as `key=value` with blanks between, and whether it holds for them.
    typealias Case = (selector: String, labels: String, holds: Bool)

    private func expect(_ row: Case) throws {
        var labels: [String: String] = [:]
        for label in row.labels.split(separator: " ") {
            let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            labels[String(parts[0])] = String(parts[1])
        }
        #expect(try Selector(calico: row.selector).matches(labels) == row.holds)
    }

    @Test(
        "comparisons with one value",
        arguments: [
            ("a == 'x'", "a=x", true), ("a == 'x'", "a=y", false), ("a == 'x'", "b=x", false),
            ("a == 'x'", "", false), ("a == \"x\"", "a=x", true), ("a==\"x\"", "a=x", true),
            ("a == ''", "a=", true), ("a == ''", "", false), ("a == 'X'", "a=x", false),
            ("a == 'x\"y'", "a=x\"y", true), ("a == \"it's\"", "a=it's", true),
            ("a\t==\t'x'", "a=x", true), ("  a == 'x'  ", "a=x", true),
            ("a != 'x'", "a=y", true), ("a != 'x'", "a=x", false), ("a!='x'", "a=y", true),
            ("a contains 'ell'", "a=hello", true), ("a contains 'elo'", "a=hello", false),
            ("a contains ''", "a=hello", true), ("a contains ''", "", false),
            ("a contains 'hello!'", "a=hello", false), ("a contains'o'", "a=hello", true),
            ("a contains 'x'", "", false), ("a contains 'aab'", "a=aaab", true),
            ("a starts with 'he'", "a=hello", true), ("a starts with 'el'", "a=hello", false),
            ("a startswith 'he'", "a=hello", true), ("a starts \t with 'he'", "a=hello", true),
            ("a startswith'he'", "a=hello", true), ("a starts with 'x'", "", false),
            ("a ends with 'lo'", "a=hello", true), ("a ends with 'll'", "a=hello", false),
            ("a endswith 'lo'", "a=hello", true), ("a ends  with 'lo'", "a=hello", true),
            ("a ends with ''", "a=", true), ("a ends with 'hello!'", "a=hello", false),
            ("a ends with 'x'", "", false),
        ] as [Case])
    func comparisons(_ row: Case) throws { try expect(row) }

    @Test(
        "sets of values",
        arguments: [
            ("a in {'x', 'y'}", "a=y", true), ("a in {'x', 'y'}", "a=z", false),
            ("a in {'x', 'y'}", "", false), ("a in{'x','y'}", "a=x", true),
            ("a in {'x',}", "a=x", true), ("a in { 'x' , \"y\" , }", "a=y", true),
            ("a in {}", "a=x", false), ("a in {}", "", false), ("a in { }", "a=", false),
            ("a in {''}", "a=", true), ("a not in {'x', 'y'}", "a=z", true),
            ("a not in {'x', 'y'}", "a=x", false), ("a notin {'x'}", "a=y", true),
            ("a notin{'x'}", "a=x", false), ("a not\tin {'x'}", "a=x", false),
            ("a not in {}", "a=x", true), ("a in {'x', 'x'}", "a=x", true),
        ] as [Case])
    func sets(_ row: Case) throws { try expect(row) }

    @Test(
        "S63: a negated condition holds where the label is absent",
        arguments: [
            ("a != 'x'", "", true), ("a != 'x'", "b=x", true), ("a not in {'x'}", "", true),
            ("a not in {}", "", true), ("!has(a)", "", true), ("!(a == 'x')", "", true),
            ("!(a contains 'x')", "", true), ("!a starts with 'x'", "", true),
            ("has(a) && a != 'x'", "", false), ("has(a) && a != 'x'", "a=y", true),
            ("!(a != 'x')", "", false), ("!(a not in {'x'})", "", false),
        ] as [Case])
    func absentLabels(_ row: Case) throws { try expect(row) }

    @Test(
        "functions, negation and precedence: ! before && before ||",
        arguments: [
            ("", "", true), (" \t ", "a=x", true), ("all()", "", true), ("all( )", "a=x", true),
            ("!all()", "a=x", false), ("!!all()", "a=x", true), ("!!!all()", "", false),
            ("has(a)", "a=", true), ("has(a)", "b=x", false), ("has( a )", "a=x", true),
            ("has(\ta)", "a=x", true), ("!has(a)", "a=x", false), ("! has(a)", "", true),
            ("!!has(a)", "a=x", true), ("! ! ! has(a)", "a=x", false),
            ("has(a) || has(b) && has(c)", "a=x", true),
            ("has(a) || has(b) && has(c)", "b=x", false),
            ("(has(a) || has(b)) && has(c)", "a=x", false),
            ("(has(a) || has(b)) && has(c)", "b=x c=x", true),
            ("!has(a) && has(b)", "b=x", true), ("!(has(a) && has(b))", "b=x", true),
            ("!has(a) || has(b)", "a=x b=x", true), ("!(has(a) || has(b))", "b=x", false),
            ("has(a)&&has(b)||has(c)", "c=x", true), ("((has(a)))", "a=x", true),
            ("( has(a) )&&( !has(b) )", "a=x", true), ("!a == 'x'", "a=x", false),
            ("!a == 'x'", "a=y", true), ("a == 'x' && a == 'y'", "a=x", false),
            ("all() && has(a)", "a=x", true), ("all() || has(a)", "", true),
        ] as [Case])
    func operators(_ row: Case) throws { try expect(row) }

    @Test(
        "labels may be called what they like",
        arguments: [
            ("all == 'x'", "all=x", true), ("global == 'x'", "global=x", true),
            ("has == 'x'", "has=x", true), ("in in {'x'}", "in=x", true),
            ("not not in {'x'}", "not=y", true), ("contains contains 'x'", "contains=x", true),
            ("starts starts with 'x'", "starts=xy", true), ("ends ends with 'x'", "ends=yx", true),
            ("has(has)", "has=", true), ("has(all)", "all=x", true),
            ("notin == 'x'", "notin=x", true),
            ("a.b-c_d/e == 'x'", "a.b-c_d/e=x", true), ("9 == 'x'", "9=x", true),
            ("- == 'x'", "-=x", true), ("k8s.io/app != 'x'", "k8s.io/app=x", false),
        ] as [Case])
    func keys(_ row: Case) throws { try expect(row) }

    @Test(
        "S65: a value that looks like a selector is just a value",
        arguments: [
            ("a == 'all()'", "a=all()", true), ("a == 'all()'", "a=x", false),
            ("a == 'global()'", "a=global()", true), ("a == 'global()'", "a=x", false),
            ("a in {'all()', 'global()'}", "a=global()", true),
            ("a != 'global()'", "a=global()", false), ("a contains 'all()'", "a=xall()y", true),
            ("a == 'has(b)'", "b=x", false), ("a == '}'", "a=}", true),
            ("a in {',', '}'}", "a=}", true), ("a == '&&'", "a=&&", true),
        ] as [Case])
    func valuesAreValues(_ row: Case) throws { try expect(row) }

    @Test(
        "S65: neither in the selector of a namespace",
        arguments: ["all()", "global()"])
    func valuesOfNamespaces(_ value: String) throws {
        let selector = try Selector(calico: "a == '\(value)'", in: .namespaces)
        #expect(selector == .isOneOf(key: "a", values: [value]))
    }
}
