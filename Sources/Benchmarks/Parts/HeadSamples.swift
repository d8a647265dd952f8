import HTTPSemantics

/// Response heads as servers send them.
enum HeadSamples {
    /// One after the other, without the empty lines that end them.
    static let texts = [
        // A static page of Apache.
        """
        HTTP/1.1 200 OK
        Date: Sat, 17 Jan 2026 09:14:07 GMT
        Server: Apache/2.4.62 (Debian)
        Last-Modified: Tue, 07 Oct 2025 12:35:11 GMT
        ETag: "b8341-64093f2a1c5c0-gzip"
        Accept-Ranges: bytes
        Vary: Accept-Encoding
        Content-Encoding: gzip
        Content-Length: 118734
        Keep-Alive: timeout=5, max=98
        Connection: Keep-Alive
        Content-Type: text/html; charset=utf-8
        """,
        // A picture of nginx.
        """
        HTTP/1.1 200 OK
        Server: nginx/1.26.3
        Date: Sat, 17 Jan 2026 09:14:08 GMT
        Content-Type: image/svg+xml
        Content-Length: 4021
        Last-Modified: Thu, 12 Jun 2025 08:00:52 GMT
        Connection: keep-alive
        ETag: "684a8a44-fb5"
        Expires: Sun, 17 Jan 2027 09:14:08 GMT
        Cache-Control: max-age=31536000, public, immutable
        Accept-Ranges: bytes
        """,
        // A page of a documentation site behind a network of caches.
        """
        HTTP/1.1 200 OK
        Connection: keep-alive
        Content-Length: 23184
        Server: nginx
        Content-Type: text/html
        Last-Modified: Sat, 17 Jan 2026 02:41:30 GMT
        ETag: "696af65a-1b2c4"
        X-Clacks-Overhead: GNU Terry Pratchett
        Strict-Transport-Security: max-age=315360000; includeSubDomains; preload
        Via: 1.1 varnish, 1.1 varnish
        Accept-Ranges: bytes
        Date: Sat, 17 Jan 2026 09:14:09 GMT
        Age: 3217
        X-Served-By: cache-lga21981-LGA, cache-fra-etou8220141-FRA
        X-Cache: HIT, HIT
        X-Cache-Hits: 5, 1
        X-Timer: S1768641249.120331,VS0,VE1
        Vary: Accept-Encoding
        Content-Encoding: gzip
        Cache-Control: max-age=604800, public
        """,
        // An article of an encyclopedia.
        """
        HTTP/1.1 200 OK
        date: Sat, 17 Jan 2026 08:58:31 GMT
        server: mw-web.eqiad.main-6d8c7b9f5-x2x4q
        x-content-type-options: nosniff
        content-language: en
        accept-ch:
        last-modified: Fri, 16 Jan 2026 22:10:44 GMT
        content-type: text/html; charset=UTF-8
        content-encoding: gzip
        age: 938
        accept-ranges: bytes
        x-cache: cp3071 hit, cp3071 hit/12
        x-cache-status: hit-front
        server-timing: cache;desc="hit-front", host;desc="cp3071"
        strict-transport-security: max-age=106384710; includeSubDomains; preload
        report-to: { "group": "wm_nel", "max_age": 604800, "endpoints": [{ "url": "https://intake-logging.example.org/v1/events" }] }
        nel: { "report_to": "wm_nel", "max_age": 604800, "failure_fraction": 0.05, "success_fraction": 0.0}
        set-cookie: WMF-Last-Access=17-Jan-2026;Path=/;HttpOnly;secure;Expires=Wed, 18 Feb 2026 00:00:00 GMT
        set-cookie: NetworkProbeLimit=0.001;Path=/;Secure;SameSite=None;Max-Age=3600
        vary: Accept-Encoding,Cookie,Authorization
        cache-control: private, s-maxage=0, max-age=0, must-revalidate, no-transform
        content-length: 51288
        """,
        // A script of an object store behind a network of caches.
        """
        HTTP/1.1 200 OK
        Content-Type: text/javascript
        Content-Length: 90116
        Connection: keep-alive
        Date: Fri, 16 Jan 2026 18:20:05 GMT
        Last-Modified: Mon, 08 Dec 2025 15:02:19 GMT
        ETag: "5f3d4bd3a1c1f5e6b7a8899aabbccdde"
        x-amz-server-side-encryption: AES256
        Cache-Control: public, max-age=86400, s-maxage=604800, stale-while-revalidate=3600, stale-if-error=86400
        Accept-Ranges: bytes
        Server: AmazonS3
        X-Cache: Hit from cloudfront
        Via: 1.1 3b1f0c9f2f0a4f7d8e6c5b4a39281706.cloudfront.net (CloudFront)
        X-Amz-Cf-Pop: FRA60-P5
        X-Amz-Cf-Id: 5hQy0b1ZkE2rT7mJx9cVwQ3nLs8uPd4aGf6iHoKlMzXcVbNqWeRtYg==
        Age: 53643
        """,
        // A page of a program, behind a proxy against attacks.
        """
        HTTP/1.1 200 OK
        Date: Sat, 17 Jan 2026 09:14:10 GMT
        Content-Type: text/html; charset=utf-8
        Transfer-Encoding: chunked
        Connection: keep-alive
        Cache-Control: no-cache, must-revalidate, max-age=0
        Expires: Wed, 11 Jan 1984 05:00:00 GMT
        Link: <https://www.example.org/wp-json/>; rel="https://api.w.org/"
        Vary: Accept-Encoding
        X-Powered-By: PHP/8.2.29
        cf-cache-status: DYNAMIC
        Report-To: {"endpoints":[{"url":"https://a.nel.example.com/report/v4?s=q"}],"group":"cf-nel","max_age":604800}
        NEL: {"success_fraction":0,"report_to":"cf-nel","max_age":604800}
        Server: cloudflare
        CF-RAY: 9bf3a1d2ce4f1e2a-FRA
        Content-Encoding: gzip
        alt-svc: h3=":443"; ma=86400
        """,
        // What has not changed.
        """
        HTTP/1.1 304 Not Modified
        Date: Sat, 17 Jan 2026 09:14:11 GMT
        Server: Apache/2.4.62 (Debian)
        Last-Modified: Tue, 07 Oct 2025 12:35:11 GMT
        ETag: "b8341-64093f2a1c5c0-gzip"
        Vary: Accept-Encoding
        Keep-Alive: timeout=5, max=97
        Connection: Keep-Alive
        """,
        // A way elsewhere.
        """
        HTTP/1.1 301 Moved Permanently
        Server: nginx
        Date: Sat, 17 Jan 2026 09:14:12 GMT
        Content-Type: text/html
        Content-Length: 162
        Connection: keep-alive
        Location: https://www.example.org/docs/current/index.html
        Cache-Control: max-age=3600
        """,
    ]

    /// When they have come.
    static let arrival = UnixTime(seconds: 1_768_641_252)

    /// As they come over a connection.
    static var wireBytes: [[UInt8]] { texts.map { Array((lines($0).joined(separator: "\r\n") + "\r\n\r\n").utf8) } }

    /// Those with a status below 300, in the terms of HTTPSemantics.
    static var answers: [ResponseHead] {
        texts.compactMap { text in
            let lines = lines(text)
            guard lines[0] == "HTTP/1.1 200 OK" else { return nil }
            let fields = lines.dropFirst().joined(separator: "\r\n") + "\r\n"
            return ResponseHead(status: 200, reason: "OK", fields: FieldSection(serialized: fields))
        }
    }

    private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }
}
