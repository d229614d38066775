// FUZZ_TARGET=… Fuzz [OPTIONS OF libFuzzer]: runs a target with inputs from libFuzzer. `make fuzz` runs this program.

import CFuzzer
import Glibc

guard Target.chosen != nil else {
    print("FUZZ_TARGET must be one of: \(Target.allCases.map(\.rawValue).joined(separator: ", "))")
    exit(EXIT_FAILURE)
}
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
let status = unsafe LLVMFuzzerRunDriver(&count, &arguments) { data, size in
    unsafe Target.chosen?.run(Input(UnsafeBufferPointer(start: data, count: size)))
    return 0
}
exit(status)
