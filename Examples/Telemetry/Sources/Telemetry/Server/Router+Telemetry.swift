import Switchboard

extension Router {
    /// The handlers of the server.
    static func telemetry(_ store: ReadingStore, _ stations: Stations = Stations()) -> Router {
        var router = Router(Telemetry.self)
        router.onConnect { context in try context.send(Telemetry.Clock(time: .now)) }
        router.on(Telemetry.Announce.self) { message, context in
            stations.add(message.station, at: context.connection)
            return Telemetry.Announced()
        }
        router.onDisconnect { stations.remove($0) }
        router.register(Collector(store: store))
        router.register(Dispatcher(stations: stations, store: store))
        let tooSlow = Telemetry.Refusal(reason: .busy, text: "the summary takes too long: ask for one station")
        router.on(Telemetry.Ask.self, timeout: .seconds(30), timeoutError: tooSlow) { message, _ in
            Telemetry.Report(summaries: try await store.summaries(of: message.station))
        }
        router.use(.timing(), for: Telemetry.Measure.self)
        return router
    }
}
