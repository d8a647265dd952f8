import HTTPSemantics
import Testing

@Suite("Field sections, RFC 9110 section 5")
struct FieldSectionTests {
    let fields: FieldSection = ["vary": "a", "X-Other": "1", "VARY": "b", "x-other": "2", "Date": "now"]

    @Test("5.1: a name counts in any case, as text and as a known name")
    func lookUps() {
        #expect(fields.first(.vary) == "a")
        #expect(fields.first("Vary") == "a")
        #expect(fields.values("vary") == ["a", "b"])
        #expect(fields.combined(.vary) == "a, b")
        #expect(fields.combined("X-OTHER") == "1, 2")
        #expect(fields.contains("x-Other") && fields.contains(.date) && !fields.contains(.age) && !fields.contains("x-othe"))
        #expect(fields.first("Age") == nil && fields.values(.age).isEmpty && fields.combined("X-None") == nil)
    }

    @Test("One line takes the place of all of its name, in the spelling that is there, and a new one comes as it is given")
    func setting() {
        var section = fields
        section.set("Vary", "c")
        section.set("x-OTHER", "3")
        section.set("cOOkie", "x")
        section.set(.age, "0")
        #expect(section == ["vary": "c", "X-Other": "3", "Date": "now", "cOOkie": "x", "Age": "0"])
    }

    @Test("What is removed is gone for every look-up")
    func removing() {
        var section = fields
        section.remove("Vary")
        section.remove("X-OTHER")
        #expect(section == ["Date": "now"])
        #expect(!section.contains(.vary) && section.first("vary") == nil)
        section.append("Vary", "d")
        #expect(section.first(.vary) == "d")
        section.removeAll { $0.value == "d" }
        #expect(!section.contains(.vary))
        section.remove(FieldNameSet(.date, .age))
        #expect(section.isEmpty)
    }

    @Test("Sections are equal where their lines are, spelling included")
    func equality() {
        #expect(fields == FieldSection(fields.lines))
        #expect(fields != ["Vary": "a", "X-Other": "1", "VARY": "b", "x-other": "2", "Date": "now"])
    }

    @Test("The text of a section gives it back")
    func text() {
        let section: FieldSection = ["ETag": "\"é\"", "date": "", "X-Long-Name-Of-No-Standard": "a: b", "Empty": "c"]
        #expect(section.serialized == "ETag: \"é\"\r\ndate: \r\nX-Long-Name-Of-No-Standard: a: b\r\nEmpty: c\r\n")
        #expect(FieldSection(serialized: section.serialized) == section)
        #expect(FieldSection().serialized == "" && FieldSection(serialized: "").isEmpty)
        #expect(FieldSection(serialized: "A: 1\r\nno line\r\nB: 2\r\nC: 3") == ["A": "1", "B": "2", "C": "3"])
    }

    @Test("RFC 9111 section 3.2: newer lines take the place of the first of their name, however many there are")
    func updating() {
        let newer: FieldSection = ["X-OTHER": "3", "Age": "0", "Vary": "c", "Set-Cookie": "x", "vary": "d", "age": "1"]
        let expected: FieldSection = [
            "Vary": "c", "vary": "d", "X-OTHER": "3", "Date": "now", "Age": "0", "Set-Cookie": "x", "age": "1",
        ]
        #expect(fields.updated(with: newer) == expected)
        let filler = (0..<70).map { FieldLine("X-Filler-\($0)", "") }
        var long = fields.updated(with: FieldSection(newer.lines + filler))
        long.removeAll { $0.name.hasPrefix("X-Filler") }
        #expect(long == expected)
    }

    @Test("Names in any case are the same lines, and some names count for nothing")
    func sameness() {
        let other: FieldSection = ["Date": "then", "Vary": "a", "x-other": "1", "Age": "5", "vary": "b", "X-Other": "2"]
        #expect(fields.isSame(as: other, apartFrom: FieldNameSet(.date, .age)))
        #expect(!fields.isSame(as: other, apartFrom: FieldNameSet(.age)))
        #expect(!fields.isSame(as: [:], apartFrom: FieldNameSet(.date)))
        #expect(!FieldSection().isSame(as: other, apartFrom: FieldNameSet(.date)))
    }
}
