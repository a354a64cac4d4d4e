// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyTestKit
import Testing

@testable import PolicyDocuments

/// The canonical form and its text.
struct CalicoSelectorTextTests {
    @Test(
        "the canonical text of each selector",
        arguments: [
            ("", "all()"), ("all( )", "all()"), ("((a == \"x\"))", "a == 'x'"),
            ("a in {'x'}", "a == 'x'"), ("a in {'x','x'}", "a == 'x'"),
            ("a in {\"z\", 'x', 'y', 'x'}", "a in {'x', 'y', 'z'}"), ("a in {}", "!all()"),
            ("a not in {}", "all()"), ("a not in {'x'}", "a != 'x'"), ("!a == 'x'", "a != 'x'"),
            ("!(a != 'x')", "a == 'x'"), ("a notin{'y','x'}", "a not in {'x', 'y'}"),
            ("!!has(a)", "has(a)"), ("!!!has( a )", "!has(a)"),
            ("a startswith 'x'", "a starts with 'x'"), ("a endswith\"x\"", "a ends with 'x'"),
            ("a contains ''", "has(a)"), ("!a contains 'x'", "!(a contains 'x')"),
            ("a == \"it's\"", "a == \"it's\""), ("a == 'say \"x\"'", "a == 'say \"x\"'"),
            ("has(a)&&(has(b)&&has(c))", "has(a) && has(b) && has(c)"),
            ("(has(a)||has(b))||has(c)", "has(a) || has(b) || has(c)"),
            ("has(a)||has(b)&&has(c)", "has(a) || (has(b) && has(c))"),
            ("(has(a)||has(b))&&has(c)", "(has(a) || has(b)) && has(c)"),
            ("!(has(a)||has(b))", "!(has(a) || has(b))"), ("all() && has(a)", "has(a)"),
            ("all() || has(a)", "all()"), ("!all() || has(a)", "has(a)"),
            ("!all() && has(a)", "!all()"), ("a == 'all()'", "a == 'all()'"),
        ])
    func canonicalText(_ text: String, _ expected: String) throws {
        let selector = try Selector(calico: text)
        #expect(selector.calicoText == expected)
        #expect(selector.canonical == selector)
        #expect(try Selector(calico: expected) == selector)
    }

    @Test("what the language cannot say has no text")
    func unspeakable() {
        #expect(Selector.isOneOf(key: "a", values: ["'\""]).calicoText == nil)
        #expect(Selector.not(.isText(key: "a", .contains("\"'"))).calicoText == nil)
        #expect(Selector.has("").calicoText == nil)
        #expect(Selector.has("a b").calicoText == nil)
        #expect(Selector.has(String(repeating: "k", count: 513)).calicoText == nil)
        #expect(Selector.all([.has("a"), .has("é")]).calicoText == nil)
    }

    @Test("any selector: its text reads as its canonical form, which means the same")
    func roundTrips() throws {
        for seed in 0..<2_000 as Range<UInt64> {
            var generator = CalicoSelectorGenerator(seed: seed)
            let selector = generator.selector(depth: 4)
            let canonical = selector.canonical
            let text = try #require(selector.calicoText, "seed \(seed)")
            #expect(try Selector(calico: text) == canonical, "seed \(seed)")
            #expect(canonical.calicoText == text, "seed \(seed)")
            for _ in 0..<10 {
                let labels = generator.labels()
                #expect(
                    canonical.matches(labels) == selector.matches(labels),
                    "seed \(seed): \(text) of \(labels)")
            }
        }
    }

    @Test("any text: the selector holds where the text says so")
    func meaning() throws {
        for seed in 0..<2_000 as Range<UInt64> {
            var generator = CalicoSelectorGenerator(seed: seed)
            let written = generator.text(depth: 4)
            let selector = try Selector(calico: written.text)
            for _ in 0..<10 {
                let labels = generator.labels()
                #expect(
                    selector.matches(labels) == written.holds(labels),
                    "seed \(seed): \(written.text) of \(labels)")
            }
        }
    }

    @Test("any damage to a text: an error within it, or a selector, but no crash")
    func damage() {
        let pieces = [
            "(", ")", "!", "'", "\"", "{", "}", ",", "==", "!=", "&&", "||", "has(", "all()", "in",
            " ", "\n", "é", "a", "\u{0}",
        ]
        for seed in 0..<3_000 as Range<UInt64> {
            var generator = CalicoSelectorGenerator(seed: seed)
            var characters = Array(generator.text(depth: 3).text.unicodeScalars)
            for _ in 0..<generator.random.number(in: 1...3) {
                let place = generator.random.number(in: 0...characters.count)
                if generator.random.chance(50), place < characters.count {
                    characters.remove(at: place)
                } else {
                    characters.insert(
                        contentsOf: generator.random.pick(pieces).unicodeScalars, at: place)
                }
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: characters)
            do throws(SelectorSyntaxError) {
                let selector = try Selector(calico: String(text), in: .namespaces)
                #expect(selector.canonical == selector, "seed \(seed)")
            } catch {
                #expect((1...characters.count + 1).contains(error.column), "seed \(seed)")
            }
        }
    }
}
