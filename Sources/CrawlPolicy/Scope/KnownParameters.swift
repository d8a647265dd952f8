/// Parameters of URLs that are known to name a visitor or the way that led here, and not what is shown.
enum KnownParameters {
    /// Whether a parameter of a query, or of a path segment behind ";", carries a session.
    ///
    /// Names that nothing else has count whatever the value; names that sites also use for other things ("sid", "session") count
    /// only where the value looks like a session's, and "s", which is a search nearly everywhere, only with a long hexadecimal
    /// one.
    static func isSession(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>) -> Bool {
        guard name.count <= longestName else { return false }
        let text = lowerCased(name)
        if sessionNames.contains(text) || URLText.hasPrefix(name, "aspsessionid") || URLText.hasPrefix(name, "jservsessionid") {
            return true
        }
        if ambiguousSessionNames.contains(text) { return looksLikeSession(value) }
        return text == "s" && value.count >= 32 && value.allSatisfy { URLText.hexadecimalValue($0) != nil }
    }

    /// Whether a parameter of a query only tells the site where its visitor came from.
    static func isTracking(name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard name.count <= longestName else { return false }
        return trackingPrefixes.contains { URLText.hasPrefix(name, $0) } || trackingNames.contains(lowerCased(name))
    }

    /// Whether a path segment is a session as ASP.NET writes it into the path: "(S(4hwbzl45n2c1q0rzvtshqbmo))", with other letters
    /// and groups before or behind.
    static func isSessionSegment(_ segment: UnsafeBufferPointer<UInt8>) -> Bool {
        guard segment.count > 6, segment.count <= 256, segment.first == UInt8(ascii: "("), segment.last == UInt8(ascii: ")") else {
            return false
        }
        var hasSession = false
        var index = 1
        while index < segment.count - 1 {
            let letter = URLText.lowerCase(segment[index])
            guard URLText.isLetter(letter), segment[index + 1] == UInt8(ascii: "(") else { return false }
            var end = index + 2
            while end < segment.count, segment[end] != UInt8(ascii: ")"), segment[end] != UInt8(ascii: "(") { end += 1 }
            guard end < segment.count - 1, segment[end] == UInt8(ascii: ")") else { return false }
            if letter == UInt8(ascii: "s"), end - index - 2 >= 16 { hasSession = true }
            index = end + 1
        }
        return hasSession
    }

    /// Letters and digits mixed, 16 or more, with "-" at most where a UUID has it.
    private static func looksLikeSession(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        guard value.count >= 16 else { return false }
        let isUUID = SegmentShape.isUUID(value)
        var (letters, digits) = (0, 0)
        for byte in value {
            if URLText.isDigit(byte) {
                digits += 1
            } else if URLText.isLetter(byte) {
                letters += 1
            } else if !isUUID {
                return false
            }
        }
        return digits > 0 && letters > 0 || digits >= 24
    }

    private static func lowerCased(_ name: UnsafeBufferPointer<UInt8>) -> String {
        // Up to 15 bytes lie in the string itself, so that nearly no name costs an allocation.
        String(unsafeUninitializedCapacity: name.count) { memory in
            for index in 0..<name.count { memory[index] = URLText.lowerCase(name[index]) }
            return name.count
        }
    }

    private static let longestName = 32

    private static let sessionNames: Set<String> = [
        "jsessionid", "phpsessid", "oscsid", "zenid", "xtcsid", "cfid", "cftoken", "phpsessionid", "jwsessionid", "bvsessionid",
        "wtsid", "websessionid",
    ]

    private static let ambiguousSessionNames: Set<String> = [
        "sid", "sessid", "session", "sessionid", "session_id", "session-id", "ses_id", "sess_id", "sess", "psession", "psid",
        "phpsid",
    ]

    private static let trackingPrefixes: [StaticString] = [
        "utm_", "pk_campaign", "pk_kwd", "pk_source", "pk_medium", "pk_content", "pk_cid", "mtm_", "matomo_", "piwik_", "hsa_",
        "__hs",
    ]

    private static let trackingNames: Set<String> = [
        "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "srsltid", "fbclid", "fb_action_ids",
        "fb_action_types", "fb_source", "msclkid", "mc_cid", "mc_eid", "mkt_tok", "igsh", "igshid", "yclid", "ysclid", "_openstat",
        "twclid", "ttclid", "li_fat_id", "epik", "rdt_cid", "sccid", "_hsenc", "_hsmi", "hsctatracking", "vero_id", "vero_conv",
        "oly_anon_id", "oly_enc_id", "rb_clickid", "s_kwcid", "ef_id", "_ga", "_gl", "_kx", "wt_mc", "wt.mc_id", "wickedid",
        "ml_subscriber", "ml_subscriber_hash", "trk_contact", "trk_msg", "dm_i", "irclickid", "cjevent", "spm",
    ]
}
