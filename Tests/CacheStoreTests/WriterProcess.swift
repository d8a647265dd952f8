import Foundation

/// `CacheStoreTestWriter`, which stands beside this program, in a process of its own.
struct WriterProcess: Sendable {
    let process = Process()
    private let output = Pipe()

    /// - Parameter keys: How many keys it writes in turn; nil: a new one each time.
    init(_ cache: String, _ name: String, _ count: Int, keys: Int? = nil) throws {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = folder.appendingPathComponent("CacheStoreTestWriter")
        process.arguments = [cache, name, String(count)] + (keys.map { [String($0)] } ?? [])
        process.standardOutput = output
        try process.run()
    }

    /// Reads acknowledged numbers, one a line, until there are `count` or the writer ends.
    func acknowledged(_ count: Int) -> [Int] {
        var numbers: [Int] = []
        read { number in
            numbers.append(number)
            return numbers.count < count
        }
        return numbers
    }

    /// Hands on each number as it is acknowledged, until the writer ends.
    func forEachAcknowledged(_ body: (Int) -> Void) {
        read { number in
            body(number)
            return true
        }
    }

    /// Reads until `body` returns false; what came together with its last number is lost.
    private func read(_ body: (Int) -> Bool) {
        var line: [UInt8] = []
        while true {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return }
            for byte in data {
                if byte == 10 {
                    if let number = Int(String(decoding: line, as: UTF8.self)), !body(number) { return }
                    line = []
                } else {
                    line.append(byte)
                }
            }
        }
    }
}
