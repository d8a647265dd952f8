import CrawlPolicy

/// Whether a file lets an agent fetch a path.
func allows(_ file: String, _ path: String, _ agent: RobotsAgent = RobotsAgent("examplebot")) -> Bool {
    verdict(file, path, agent).isAllowed
}

func verdict(_ file: String, _ path: String, _ agent: RobotsAgent = RobotsAgent("examplebot")) -> RobotsVerdict {
    RobotsGroup(of: RobotsTxt(Array(file.utf8)), for: agent).verdict(for: path)
}

/// The line of the rule that decides; nil where none does.
func decidingLine(_ file: String, _ path: String, _ agent: RobotsAgent = RobotsAgent("examplebot")) -> Int? {
    guard case .rule(let rule) = verdict(file, path, agent).basis else { return nil }
    return rule.line
}
