extension FieldSection {
    /// These fields brought up to date by newer ones (RFC 9111 section 3.2): all lines of a name in `newer` take the place of all
    /// lines of that name, where the first of them stood; names that are new come at the end. Linear.
    package func updated(with newer: FieldSection) -> FieldSection {
        // Comparing each with each is the quickest way while there are few, as there nearly always are.
        guard count <= 64, newer.count <= 64 else { return updatedByTable(with: newer) }
        var result = FieldSection()
        result.reserveCapacity(count + newer.count)
        for index in lines.indices {
            if !newer.hasName(of: lines, index) {
                result.append(lines[index])
            } else if !result.hasName(of: lines, index) {
                for other in newer.lines.indices where Self.haveSameName(newer.lines, other, lines, index) {
                    result.append(newer.lines[other])
                }
            }
        }
        for index in newer.lines.indices where !hasName(of: newer.lines, index) { result.append(newer.lines[index]) }
        return result
    }

    /// Whether the lines are the same, order included, but for those of the given names. The spelling of names counts for nothing.
    package func isSame(as other: FieldSection, apartFrom ignored: FieldNameSet) -> Bool {
        var next = 0
        for index in lines.indices where !lines[index].isNamed(oneOf: ignored) {
            while next < other.count, other.lines[next].isNamed(oneOf: ignored) { next += 1 }
            guard next < other.count, lines[index].value == other.lines[next].value,
                Self.haveSameName(lines, index, other.lines, next)
            else { return false }
            next += 1
        }
        return other.lines[next...].allSatisfy { $0.isNamed(oneOf: ignored) }
    }

    /// Whether both have the same values of that name, in the same order.
    package func hasSameValues(of name: FieldName, as other: FieldSection) -> Bool {
        guard contains(name) || other.contains(name) else { return true }
        var next = 0
        for index in lines.indices where lines[index].known == name {
            while next < other.count, other.lines[next].known != name { next += 1 }
            guard next < other.count, lines[index].value == other.lines[next].value else { return false }
            next += 1
        }
        return other.lines[next...].allSatisfy { $0.known != name }
    }

    /// Whether any line has the name of that one.
    private func hasName(of others: [FieldLine], _ other: Int) -> Bool {
        if let known = others[other].known { return contains(known) }
        for index in lines.indices where Self.haveSameName(lines, index, others, other) { return true }
        return false
    }

    /// By array and index, which spares copying lines: these are the innermost comparisons.
    private static func haveSameName(_ left: [FieldLine], _ first: Int, _ right: [FieldLine], _ second: Int) -> Bool {
        guard left[first].known == right[second].known else { return false }
        return left[first].known != nil || equalNames(left[first].name, right[second].name)
    }

    /// The same for sections of any length.
    private func updatedByTable(with newer: FieldSection) -> FieldSection {
        let replacements = Dictionary(grouping: newer.lines) { Grammar.lowercased($0.name) }
        var placed: Set<String> = []
        var result: [FieldLine] = []
        result.reserveCapacity(count + newer.count)
        for line in lines {
            let name = Grammar.lowercased(line.name)
            guard let replacement = replacements[name] else {
                result.append(line)
                continue
            }
            if placed.insert(name).inserted { result += replacement }
        }
        result += newer.lines.filter { !placed.contains(Grammar.lowercased($0.name)) }
        return FieldSection(result)
    }
}
