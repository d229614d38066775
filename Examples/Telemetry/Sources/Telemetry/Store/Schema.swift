import GRDB

/// The table of the database, and the statements that insert and summarize readings.
enum Schema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("readings") { database in
            try database.create(table: "reading") { table in
                table.column("station", .integer).notNull()
                table.column("sensor", .integer).notNull()
                table.column("quantity", .integer).notNull()
                table.column("time", .integer).notNull()
                table.column("value", .double).notNull()
                table.column("quality", .integer).notNull()
            }
        }
        return migrator
    }()

    static func insert(_ readings: [Telemetry.Reading], of station: UInt32, into database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT INTO reading (station, sensor, quantity, time, value, quality) VALUES (?, ?, ?, ?, ?, ?)"
        )
        for reading in readings {
            let (quantity, value) = reading.value.number
            // The number of arguments matches the statement. It need not be checked for every row.
            statement.setUncheckedArguments([
                Int64(station), Int64(reading.sensor), Int64(quantity.rawValue), reading.time, value,
                Int64(reading.quality.rawValue),
            ])
            try statement.execute()
        }
    }

    static func summaries(of station: UInt32?, in database: Database) throws -> [Telemetry.Summary] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT station, sensor, quantity, COUNT(*), MIN(value), AVG(value), MAX(value), MAX(time)
                FROM reading WHERE :station IS NULL OR station = :station
                GROUP BY station, sensor, quantity ORDER BY station, sensor, quantity
                """,
            arguments: ["station": station.map { Int64($0) }]
        )
        var summaries: [Telemetry.Summary] = []
        while let row = try rows.next() {
            summaries.append(
                Telemetry.Summary(
                    station: UInt32(truncatingIfNeeded: row[0] as Int64),
                    sensor: UInt16(truncatingIfNeeded: row[1] as Int64),
                    quantity: Telemetry.Quantity(rawValue: UInt8(truncatingIfNeeded: row[2] as Int64)),
                    count: UInt64(clamping: row[3] as Int64),
                    lowest: row[4],
                    mean: row[5],
                    highest: row[6],
                    latest: row[7]
                )
            )
        }
        return summaries
    }
}

extension Telemetry.Measurement {
    /// The measured quantity, and its value as a number.
    var number: (quantity: Telemetry.Quantity, value: Double) {
        switch self {
        case .temperature(let celsius): (.temperature, Double(celsius))
        case .pressure(let pascal): (.pressure, Double(pascal))
        case .contact(let isClosed): (.contact, isClosed ? 1 : 0)
        }
    }
}
