// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel
import Testing

/// Every error names the column of the first wrong thing.
struct CalicoSelectorErrorTests {
    /// A selector, and what is said of it.
    typealias Case = (selector: String, error: String)

    private func error(
        _ text: String, _ context: SelectorContext = .endpoints
    ) -> SelectorSyntaxError? {
        do throws(SelectorSyntaxError) {
            _ = try Selector(calico: text, in: context)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            ("a = 'x'", "column 3: a single '='; write =="),
            ("a == x", "column 6: the value stands without quotes; write 'x'"),
            ("a == 'x", "column 6: the quote is not closed; close it with the same"),
            ("a == 'x\"", "column 6: the quote is not closed; close it with the same"),
            ("a ==", "column 5: the selector ends where a value in quotes should stand"),
            ("a == == 'x'", "column 6: \"=\" stands where a value in quotes should"),
            ("a", "column 2: nothing is said of the label a; write has(a) if any value will do"),
            (
                "a && b == 'x'",
                "column 3: nothing is said of the label a; write has(a) if any value will do"
            ),
            (
                "a like 'x'",
                """
                column 3: "l" stands where ==, !=, in, not in, contains, starts with or ends with \
                should
                """
            ),
            (
                "a starts 'x'",
                """
                column 3: "s" stands where ==, !=, in, not in, contains, starts with or ends with \
                should
                """
            ),
            ("a in ('x')", "column 6: \"(\" stands where values in braces: {'a', 'b'} should"),
            ("a in 'x'", "column 6: \"'\" stands where values in braces: {'a', 'b'} should"),
            (
                "a in",
                "column 5: the selector ends where values in braces: {'a', 'b'} should stand"
            ),
            ("a in {x}", "column 7: the value stands without quotes; write 'x'"),
            ("a in {'x'", "column 10: the brace of column 6 is not closed; close it with '}'"),
            ("a in {'x' 'y'}", "column 11: \"'\" stands where ',' or '}' should"),
            ("a in {,}", "column 7: \",\" stands where a value in quotes should"),
            ("a in {'x',,}", "column 11: \",\" stands where a value in quotes should"),
            (
                "(a == 'x'",
                "column 10: the parenthesis of column 1 is not closed; close it with ')'"
            ),
            ("a == 'x')", "column 9: a ')' without its '('; leave it out"),
            ("()", "column 2: \")\" stands where a condition should"),
            (
                "(a == 'x' b == 'y')",
                "column 11: \"b\" stands after a condition; join conditions with && or ||"
            ),
            (
                "a == 'x' b == 'y'",
                "column 10: \"b\" stands after a condition; join conditions with && or ||"
            ),
            (
                "a == 'x' and b == 'y'",
                "column 10: \"a\" stands after a condition; join conditions with && or ||"
            ),
            ("a == 'x' & b == 'y'", "column 10: a single '&'; write &&"),
            ("a == 'x' | b == 'y'", "column 10: a single '|'; write ||"),
            ("a == 'x' &&", "column 12: the selector ends where a condition should stand"),
            ("|| a == 'x'", "column 1: \"|\" stands where a condition should"),
            ("!", "column 2: the selector ends where a condition should stand"),
            ("a == 'x' &&& b == 'y'", "column 12: a single '&'; write &&"),
            (
                "a == 'x'\n",
                "column 9: a line break stands between the parts; write the selector on one line"
            ),
            (
                "a\n== 'x'",
                "column 2: a line break stands between the parts; write the selector on one line"
            ),
            ("has(a", "column 6: has( is not closed; close it with ')'"),
            ("has()", "column 5: has() names no label; write has(label)"),
            ("has('a')", "column 5: the label of has() stands in quotes; write it without"),
            ("has(a b)", "column 7: has( is not closed; close it with ')'"),
            (
                "has (a)",
                "column 5: there is no function has; the functions are has(label), all() and global(), without a blank inside"
            ),
            (
                "exists(a)",
                "column 7: there is no function exists; the functions are has(label), all() and global(), without a blank inside"
            ),
            ("all(a)", "column 5: all( is not closed; close it with ')'"),
            ("all(", "column 5: all( is not closed; close it with ')'"),
            ("é == 'x'", "column 1: \"é\" stands where a condition should"),
            (
                "a == 'é' x",
                "column 10: \"x\" stands after a condition; join conditions with && or ||"
            ),
            ("a == ‘x’", "column 6: a typographic quote; write ' or \""),
            ("'x' == a", "column 1: \"'\" stands where a condition should"),
            (
                "a == 'x'; b",
                "column 9: \";\" stands after a condition; join conditions with && or ||"
            ),
            (
                "a @ 'x'",
                "column 3: \"@\" stands where ==, !=, in, not in, contains, starts with or ends with should"
            ),
        ] as [Case])
    func errors(_ row: Case) {
        #expect(error(row.selector)?.description == row.error)
    }

    @Test("global() is for the namespaces of a rule, alone")
    func global() throws {
        let inNone = Selector.not(.has("projectcalico.org/name"))
        #expect(try Selector(calico: " global( ) ", in: .namespaces) == inNone)
        #expect(try Selector(calico: "(global())", in: .namespaces) == inNone)
        #expect(
            try Selector(calico: "all()", in: .namespaces) == .has("projectcalico.org/name"))
        #expect(try Selector(calico: "", in: .subjectNamespaces) == .has("projectcalico.org/name"))
        for context in [SelectorContext.endpoints, .subjectNamespaces] {
            #expect(
                error("a == 'x' || global()", context)?.description == """
                    column 13: global() belongs in the namespaceSelector of a rule; \
                    write it there, or leave it out
                    """)
        }
        for text in ["global() || a == 'x'", "global() && all()", "!global() && has(a)"] {
            #expect(
                error(text, .namespaces)?.message
                    == "global() is joined with other conditions")
        }
    }

    @Test("keys have at most 512 characters")
    func longKeys() throws {
        let key = String(repeating: "k", count: 512)
        #expect(try Selector(calico: "has(\(key))") == .has(key))
        let refused = error("all() && \(key)k == 'x'")
        #expect(refused?.column == 10)
        #expect(refused?.message == "a label's key has more than 512 characters")
    }

    @Test("parentheses nest 512 deep; hostile texts are refused at once")
    func depth() throws {
        func nested(_ depth: Int, _ open: String = "(") -> String {
            String(repeating: open, count: depth) + "has(a)"
                + String(repeating: ")", count: depth)
        }
        #expect(try Selector(calico: nested(512)) == .has("a"))
        #expect(error(nested(513))?.column == 513)
        #expect(error(nested(100_000))?.column == 513)
        #expect(error(nested(100_000, "!("))?.column == 1_026)
        let negations = String(repeating: "!", count: 100_001)
        #expect(try Selector(calico: negations + "has(a)") == .not(.has("a")))
        let alternating =
            String(repeating: "!(has(b) || (has(c) && ", count: 250) + "has(a)"
            + String(repeating: "))", count: 250)
        #expect(try Selector(calico: alternating).matches([:]))
        let wide = Array(repeating: "a == 'x'", count: 20_000).joined(separator: " || ")
        #expect(try Selector(calico: wide).matches(["a": "x"]))
    }
}
