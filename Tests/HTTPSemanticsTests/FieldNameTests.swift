import HTTPSemantics
import Testing

@Suite("Known field names")
struct FieldNameTests {
    @Test("5.1: a known name is found in any case", arguments: FieldName.allCases)
    func anyCase(name: FieldName) {
        #expect(FieldName(name.spelling) == name)
        #expect(FieldName(name.spelling.lowercased()) == name)
        #expect(FieldName(name.spelling.uppercased()) == name)
        #expect(FieldLine(name.spelling.lowercased(), "").known == name)
    }

    @Test("What differs from it is another name", arguments: FieldName.allCases)
    func otherNames(name: FieldName) {
        let spelling = name.spelling
        #expect(FieldName(spelling + "x") == nil)
        #expect(FieldName(" " + spelling) == nil)
        // Bytes that differ from a letter in the bit that makes capitals of letters, and are none.
        #expect(FieldName(spelling.replacing("-", with: "\r")) == (spelling.contains("-") ? nil : name))
        #expect(FieldName("@" + spelling.dropFirst()) == nil)
    }

    @Test("A set of all of them is one number, and an empty text no name")
    func bounds() {
        #expect(FieldName.allCases.count <= 64)
        #expect(FieldName("") == nil)
        let set = FieldNameSet(.age, .vary, .xRobotsTag)
        #expect(FieldName.allCases.filter { set.contains($0) } == [.age, .vary, .xRobotsTag])
    }
}
