//! A client of NET-001 on tokio, whose tasks send requests over one connection.
//!
//! The tasks send their requests to the task of the connection through a bounded channel, and each gets its reply through a
//! oneshot channel.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

const FRAME_BYTES: usize = 20;
const PING: u64 = 0xDEAD_BEEF_0101_0008;
const PONG: u64 = 0xDEAD_BEEF_0102_0008;
const WARM_UP: Duration = Duration::from_millis(500);
const CHANNEL_CAPACITY: usize = 1024;

struct Request {
    number: u64,
    reply: oneshot::Sender<u64>,
}

#[derive(Clone)]
struct Client {
    requests: mpsc::Sender<Request>,
}

impl Client {
    fn new(stream: TcpStream) -> Client {
        let (requests, received) = mpsc::channel(CHANNEL_CAPACITY);
        tokio::spawn(async move {
            if let Err(error) = serve(stream, received).await {
                eprintln!("tokio-client: {error}");
                std::process::exit(1);
            }
        });
        Client { requests }
    }

    async fn ping(&self, number: u64) -> Result<u64, Box<dyn Error + Send + Sync>> {
        let (reply, replied) = oneshot::channel();
        self.requests.send(Request { number, reply }).await.map_err(|_| "the connection has closed")?;
        Ok(replied.await?)
    }
}

/// Sends requests, and gives each reply to its request. Replies come in the order of their requests.
async fn serve(stream: TcpStream, mut requests: mpsc::Receiver<Request>) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (mut reading, mut writing) = stream.into_split();
    let mut waiting = VecDeque::new();
    let mut input = Vec::with_capacity(64 * 1024);
    let mut output = Vec::with_capacity(64 * 1024);
    loop {
        tokio::select! {
            request = requests.recv() => {
                let Some(request) = request else { return Ok(()) };
                append(&mut output, &request);
                waiting.push_back(request.reply);
                // The other tasks run first, so that all their requests go into one system call.
                tokio::task::yield_now().await;
                while let Ok(request) = requests.try_recv() {
                    append(&mut output, &request);
                    waiting.push_back(request.reply);
                }
                writing.write_all(&output).await?;
                output.clear();
            }
            count = reading.read_buf(&mut input) => {
                if count? == 0 {
                    return Err("the server has closed".into());
                }
                let whole = input.len() - input.len() % FRAME_BYTES;
                for frame in input[..whole].chunks_exact(FRAME_BYTES) {
                    let number = number(frame).ok_or("a wrong frame")?;
                    let reply: oneshot::Sender<u64> = waiting.pop_front().ok_or("a reply without a request")?;
                    let _ = reply.send(number);
                }
                input.drain(..whole);
            }
        }
    }
}

fn append(output: &mut Vec<u8>, request: &Request) {
    let start = output.len();
    output.extend_from_slice(&PING.to_be_bytes());
    output.extend_from_slice(&request.number.to_be_bytes());
    let checksum = crc32fast::hash(&output[start..]);
    output.extend_from_slice(&checksum.to_be_bytes());
}

/// The number in a reply, if the reply is right.
fn number(frame: &[u8]) -> Option<u64> {
    let start = u64::from_be_bytes(frame[..8].try_into().ok()?);
    let checksum = u32::from_be_bytes(frame[16..].try_into().ok()?);
    let number = u64::from_be_bytes(frame[8..16].try_into().ok()?);
    (start == PONG && checksum == crc32fast::hash(&frame[..16])).then_some(number)
}

const WARMING_UP: u8 = 0;
const MEASURED: u8 = 1;
const ENDED: u8 = 2;

/// Sends requests until the end; returns the duration of each measured one.
async fn repeatedly(client: Client, first: u64, phase: Arc<AtomicU8>) -> Result<Vec<Duration>, Box<dyn Error + Send + Sync>> {
    let mut latencies = Vec::new();
    let mut number = first;
    loop {
        let current = phase.load(Ordering::Relaxed);
        if current == ENDED {
            return Ok(latencies);
        }
        let start = Instant::now();
        if client.ping(number).await? != number {
            return Err("a wrong reply".into());
        }
        if current == MEASURED {
            latencies.push(start.elapsed());
        }
        number += 1;
    }
}

fn cpu_time() -> Result<Duration, Box<dyn Error + Send + Sync>> {
    // The first field of schedstat is the time on a core, in nanoseconds.
    let mut total = 0;
    for thread in std::fs::read_dir("/proc/self/task")? {
        let text = std::fs::read_to_string(thread?.path().join("schedstat"))?;
        total += text.split(' ').next().ok_or("no time")?.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(total))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, port, tasks, seconds] = &arguments[..] else {
        return Err("usage: tokio-client PORT TASKS SECONDS".into());
    };
    let stream = TcpStream::connect(("127.0.0.1", port.parse::<u16>()?)).await?;
    stream.set_nodelay(true)?;
    let client = Client::new(stream);
    let phase = Arc::new(AtomicU8::new(WARMING_UP));
    let tasks: Vec<_> = (0..tasks.parse::<u64>()?)
        .map(|task| tokio::spawn(repeatedly(client.clone(), task << 32, phase.clone())))
        .collect();
    tokio::time::sleep(WARM_UP).await;
    let (cpu_before, start) = (cpu_time()?, Instant::now());
    phase.store(MEASURED, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs_f64(seconds.parse()?)).await;
    phase.store(ENDED, Ordering::Relaxed);
    let (cpu, time) = (cpu_time()? - cpu_before, start.elapsed());
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.append(&mut task.await??);
    }
    latencies.sort();
    let count = latencies.len();
    if count == 0 {
        return Err("no request was answered".into());
    }
    let micros = |duration: Duration| duration.as_nanos() as f64 / 1000.0;
    println!(
        "{{\"requests\": {count}, \"cpu_per_request\": {}, \"requests_per_second\": {}, \"latency_p50\": {}, \"latency_p99\": {}}}",
        micros(cpu) / count as f64,
        count as f64 / time.as_secs_f64(),
        micros(latencies[count / 2]),
        micros(latencies[count * 99 / 100]),
    );
    Ok(())
}
