internal import SwitchboardGenerator

@main
enum Main {
    static func main() {
        Tool.main()
    }
}
