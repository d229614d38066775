/// The average costs of a message.
struct Costs: Sendable {
    var allocations = 0.0
    var retains = 0.0
    var releases = 0.0

    func fit(into ceiling: Costs) -> Bool {
        allocations <= ceiling.allocations && retains <= ceiling.retains && releases <= ceiling.releases
    }

    var text: String {
        "\(allocations) allocations, \(retains) retains, \(releases) releases a message"
    }

    var json: String {
        """
        {"allocations": \(allocations), "retains": \(retains), "releases": \(releases)}
        """
    }
}
