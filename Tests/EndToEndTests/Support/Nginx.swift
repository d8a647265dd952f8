import Foundation
import TestSupport

/// nginx on a free port of this machine, with a configuration of its own.
final class Nginx: Sendable {
    let directory: TemporaryDirectory
    let baseURL: String
    private let program: Program

    /// Starts it and waits until it listens.
    ///
    /// - Parameters:
    ///   - locations: the `location` blocks of the server.
    static func start(_ locations: String) async throws -> Nginx {
        // Between finding a free port and using it another program may take it.
        var last: any Error = Program.Failure.notFound("nginx")
        for _ in 0..<5 {
            do {
                return try await Nginx(locations, port: try LoopbackSocket().port)
            } catch {
                last = error
            }
        }
        throw last
    }

    private init(_ locations: String, port: UInt16) async throws {
        directory = try TemporaryDirectory("larder-nginx")
        baseURL = "http://127.0.0.1:\(port)"
        let path = directory.path
        let configuration = try directory.write(
            """
            daemon off;
            master_process off;
            pid \(path)/nginx.pid;
            error_log \(path)/error.log;
            worker_rlimit_nofile 4096;
            events { worker_connections 1024; }
            http {
                access_log off;
                client_body_temp_path \(path)/body;
                proxy_temp_path \(path)/proxy;
                fastcgi_temp_path \(path)/fastcgi;
                uwsgi_temp_path \(path)/uwsgi;
                scgi_temp_path \(path)/scgi;
                types { text/html html; text/css css; text/javascript js; image/png png; image/svg+xml svg; }
                sendfile on;
                keepalive_requests 100000;
                server {
                    listen 127.0.0.1:\(port);
                    root \(path);
            \(locations)
                }
            }
            """, to: "nginx.conf")
        program = try Program("nginx", ["-e", "\(path)/error.log", "-p", path, "-c", configuration])
        let end = ContinuousClock.now.advanced(by: .seconds(30))
        while !LoopbackSocket.answers(port) {
            guard program.isRunning, ContinuousClock.now < end else {
                throw Program.Failure.notReady((try? String(contentsOfFile: "\(path)/error.log", encoding: .utf8)) ?? "")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func stop() async {
        program.signal(SIGTERM)
        _ = await program.wait()
    }
}
