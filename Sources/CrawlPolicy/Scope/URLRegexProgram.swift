/// A regular expression as steps that are followed side by side (Thompson, "Regular Expression Search Algorithm", 1968).
struct URLRegexProgram: Sendable {
    private enum Step: Sendable {
        /// One byte of the set, then the next step.
        case byte(ByteSet)
        case start
        case end
        case jump(Int)
        case split(Int, Int)
        case match
    }

    private static let maximumSteps = 4_000

    private var steps: [Step] = []
    /// Nodes written out; more than steps, because a node may have none.
    private var visits = 0
    /// The bytes that a match can begin with; nil where it may begin with none.
    private var firstBytes: ByteSet?

    init(_ node: URLRegexNode) throws(URLRegex.SyntaxError) {
        try append(node)
        steps.append(.match)
        firstBytes = bytesToBegin()
    }

    private mutating func append(_ node: URLRegexNode) throws(URLRegex.SyntaxError) {
        visits += 1
        guard steps.count < Self.maximumSteps, visits < 8 * Self.maximumSteps else {
            throw URLRegex.SyntaxError(reason: .tooLarge, offset: 0)
        }
        switch node {
        case .byte(let set):
            steps.append(.byte(set))
        case .start:
            steps.append(.start)
        case .end:
            steps.append(.end)
        case .sequence(let nodes):
            for node in nodes { try append(node) }
        case .choice(let branches):
            try append(choice: branches)
        case .repetition(let node, let minimum, let maximum):
            try append(node, minimum: minimum, maximum: maximum)
        }
    }

    private mutating func append(choice branches: [URLRegexNode]) throws(URLRegex.SyntaxError) {
        var jumps: [Int] = []
        for (index, branch) in branches.enumerated() {
            let split = steps.count
            if index < branches.count - 1 { steps.append(.split(split + 1, 0)) }
            try append(branch)
            if index < branches.count - 1 {
                jumps.append(steps.count)
                steps.append(.jump(0))
                steps[split] = .split(split + 1, steps.count)
            }
        }
        for jump in jumps { steps[jump] = .jump(steps.count) }
    }

    private mutating func append(_ node: URLRegexNode, minimum: Int, maximum: Int?) throws(URLRegex.SyntaxError) {
        for _ in 0..<minimum { try append(node) }
        guard let maximum else {
            let split = steps.count
            steps.append(.split(split + 1, 0))
            try append(node)
            steps.append(.jump(split))
            steps[split] = .split(split + 1, steps.count)
            return
        }
        var splits: [Int] = []
        for _ in minimum..<max(minimum, maximum) {
            splits.append(steps.count)
            steps.append(.split(steps.count + 1, 0))
            try append(node)
        }
        for split in splits { steps[split] = .split(split + 1, steps.count) }
    }

    private func bytesToBegin() -> ByteSet? {
        var set = ByteSet()
        var reached = [Bool](repeating: false, count: steps.count)
        var open = [0]
        while let step = open.popLast() {
            if reached[step] { continue }
            reached[step] = true
            switch steps[step] {
            case .byte(let bytes): set.formUnion(bytes)
            case .jump(let target): open.append(target)
            case .split(let first, let second): open += [first, second]
            // An anchor may lead to a match without a byte; the rare case gets no shortcut.
            case .start, .end, .match: return nil
            }
        }
        return set
    }

    // MARK: - Matching

    /// Whether there is a match somewhere in `text`.
    func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 4 * steps.count) { memory in
            memory.initialize(repeating: -1)
            var machine = Machine(program: self, memory: memory, text: text)
            return machine.run()
        }
    }

    /// The steps that wait for the byte at a position, of all ways to match that are open there.
    private struct Machine {
        let program: URLRegexProgram
        let text: UnsafeBufferPointer<UInt8>
        /// For each step the last position at which it was reached: each is followed once at each position.
        var reached: UnsafeMutableBufferPointer<Int>
        var waiting: UnsafeMutableBufferPointer<Int>
        var waitingNext: UnsafeMutableBufferPointer<Int>
        /// Steps to follow; each of them is reached, so there are never more than all.
        var open: UnsafeMutableBufferPointer<Int>
        var waitingCount = 0

        init(program: URLRegexProgram, memory: UnsafeMutableBufferPointer<Int>, text: UnsafeBufferPointer<UInt8>) {
            self.program = program
            self.text = text
            let count = program.steps.count
            reached = UnsafeMutableBufferPointer(rebasing: memory[..<count])
            waiting = UnsafeMutableBufferPointer(rebasing: memory[count..<(2 * count)])
            waitingNext = UnsafeMutableBufferPointer(rebasing: memory[(2 * count)..<(3 * count)])
            open = UnsafeMutableBufferPointer(rebasing: memory[(3 * count)...])
        }

        mutating func run() -> Bool {
            var position = 0
            while true {
                if waitingCount == 0, let first = program.firstBytes {
                    while position < text.count, !first.contains(text[position]) { position += 1 }
                    if position == text.count { return false }
                }
                // A match may begin anywhere.
                if follow(0, at: position) { return true }
                guard position < text.count else { return false }
                let byte = text[position]
                let count = waitingCount
                waitingCount = 0
                swap(&waiting, &waitingNext)
                for index in 0..<count {
                    let step = waitingNext[index]
                    if case .byte(let set) = program.steps[step], set.contains(byte), follow(step + 1, at: position + 1) {
                        return true
                    }
                }
                position += 1
            }
        }

        /// Follows `step` up to the steps that wait for a byte; true where the match is reached.
        private mutating func follow(_ step: Int, at position: Int) -> Bool {
            var count = 0
            reach(step, at: position, &count)
            while count > 0 {
                count -= 1
                let step = open[count]
                switch program.steps[step] {
                case .byte:
                    waiting[waitingCount] = step
                    waitingCount += 1
                case .start:
                    if position == 0 { reach(step + 1, at: position, &count) }
                case .end:
                    if position == text.count { reach(step + 1, at: position, &count) }
                case .jump(let target):
                    reach(target, at: position, &count)
                case .split(let first, let second):
                    reach(second, at: position, &count)
                    reach(first, at: position, &count)
                case .match:
                    return true
                }
            }
            return false
        }

        private mutating func reach(_ step: Int, at position: Int, _ count: inout Int) {
            guard reached[step] != position else { return }
            reached[step] = position
            open[count] = step
            count += 1
        }
    }
}
