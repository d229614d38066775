/// The routes of a table by code, lent without counting references: nothing else on the way of a message has to.
///
/// It owns nothing. The table that made it owns the routes and its memory, and neither changes while the table lives.
@safe @usableFromInline
package struct RouteIndex: @unchecked Sendable {
    @usableFromInline let base: UnsafeMutablePointer<Unmanaged<Route>?>
    /// One more than the highest code.
    @usableFromInline let count: Int

    init(_ routes: [MessageCode: Route]) {
        count = Int(routes.keys.max() ?? 0) + 1
        unsafe base = .allocate(capacity: count)
        unsafe base.initialize(repeating: nil, count: count)
        for (code, route) in routes { unsafe base[Int(code)] = Unmanaged.passUnretained(route) }
    }

    func deallocate() {
        unsafe base.deallocate()
    }

    /// Calls `body` with the route of the messages with `code`; returns whether there is one.
    @inlinable @inline(__always)
    package func withRoute(
        for code: MessageCode,
        _ body: (Route) throws(RouteFailure) -> Void
    ) throws(RouteFailure) -> Bool {
        guard Int(code) < count, let route = unsafe base[Int(code)] else { return false }
        var failure: RouteFailure?
        unsafe route._withUnsafeGuaranteedRef { route in
            do throws(RouteFailure) { try body(route) } catch { failure = error }
        }
        if let failure { throw failure }
        return true
    }
}
