/// An element as far as it matters for links. Names are the same in all namespaces; what an element means depends on its own.
enum HTMLElement: UInt8, Sendable {
    case other
    // Links.
    case a, area, audio, base, blockquote, body, cite, embed, feImage, frame, iframe, image, img, input, link, meta, object
    case script, source, style, tablePart, track, use, video
    // Contents that are no markup.
    case noembed, noframes, plaintext, textarea, title, xmp
    // Structure.
    case template
    // Foreign content (HTML standard section 13.2.6.5).
    case svg, math, foreignObject, desc, annotationXML, mathText, mathGlyph, font
    /// An HTML element that ends foreign content and has no other meaning here.
    case breakout

    init(_ name: ASCIIName) {
        self = Self.table[name]
    }

    /// Whether a start tag of that name inside of foreign content ends it (HTML standard section 13.2.6.5). `font` does so only
    /// with certain attributes.
    var breaksOut: Bool {
        switch self {
        case .breakout, .blockquote, .body, .embed, .img, .meta: true
        default: false
        }
    }

    /// The attributes that are read; those of all other names are passed over.
    var attributes: HTMLAttributeSet {
        switch self {
        case .other, .breakout, .svg, .math, .foreignObject, .desc, .mathText, .mathGlyph, .noembed, .noframes, .plaintext,
            .textarea, .title, .xmp:
            [.style]
        case .a, .area: [.style, .href, .xlinkHref, .rel]
        case .audio, .embed, .frame, .track: [.style, .src]
        case .base: [.style, .href]
        case .blockquote, .cite: [.style, .cite]
        case .body, .tablePart: [.style, .background]
        case .feImage, .use: [.style, .href, .xlinkHref]
        case .iframe: [.style, .src, .srcdoc]
        case .image, .img: [.style, .src, .srcset, .longdesc, .href, .xlinkHref]
        case .input: [.style, .src, .type]
        case .link: [.style, .href, .rel, .imagesrcset]
        case .meta: [.style, .name, .content, .httpEquiv, .charset]
        case .object: [.style, .data]
        case .script: [.style, .src, .href, .xlinkHref]
        case .source: [.style, .src, .srcset]
        case .style: [.style, .type]
        case .video: [.style, .src, .poster]
        case .template: [.style, .shadowrootmode]
        case .annotationXML: [.style, .encoding]
        case .font: [.style, .color, .face, .size]
        }
    }

    private static let table = NameTable<HTMLElement>(
        [
            ("a", .a), ("area", .area), ("audio", .audio), ("base", .base), ("blockquote", .blockquote), ("body", .body),
            ("q", .cite), ("ins", .cite), ("del", .cite), ("embed", .embed), ("feimage", .feImage), ("frame", .frame),
            ("iframe", .iframe), ("image", .image), ("img", .img), ("input", .input), ("link", .link), ("meta", .meta),
            ("object", .object), ("script", .script), ("source", .source), ("style", .style), ("table", .tablePart),
            ("thead", .tablePart), ("tbody", .tablePart), ("tfoot", .tablePart), ("tr", .tablePart), ("td", .tablePart),
            ("th", .tablePart), ("track", .track), ("use", .use), ("video", .video),
            ("noembed", .noembed), ("noframes", .noframes), ("plaintext", .plaintext), ("textarea", .textarea),
            ("title", .title), ("xmp", .xmp), ("template", .template),
            ("svg", .svg), ("math", .math), ("foreignobject", .foreignObject), ("desc", .desc),
            ("annotation-xml", .annotationXML), ("mi", .mathText), ("mo", .mathText), ("mn", .mathText), ("ms", .mathText),
            ("mtext", .mathText), ("mglyph", .mathGlyph), ("malignmark", .mathGlyph), ("font", .font),
            ("b", .breakout), ("big", .breakout), ("br", .breakout), ("center", .breakout), ("code", .breakout),
            ("dd", .breakout), ("div", .breakout), ("dl", .breakout), ("dt", .breakout), ("em", .breakout), ("h1", .breakout),
            ("h2", .breakout), ("h3", .breakout), ("h4", .breakout), ("h5", .breakout), ("h6", .breakout), ("head", .breakout),
            ("hr", .breakout), ("i", .breakout), ("li", .breakout), ("listing", .breakout), ("menu", .breakout),
            ("nobr", .breakout), ("ol", .breakout), ("p", .breakout), ("pre", .breakout), ("ruby", .breakout),
            ("s", .breakout), ("small", .breakout), ("span", .breakout), ("strong", .breakout), ("strike", .breakout),
            ("sub", .breakout), ("sup", .breakout), ("tt", .breakout), ("u", .breakout), ("ul", .breakout), ("var", .breakout),
        ],
        unknown: .other, slotBits: 9)
}

/// An attribute that is read from some element.
enum HTMLAttribute: UInt8, Sendable {
    case href, src, rel, style, srcset, imagesrcset, xlinkHref, longdesc, poster, data, background, cite
    case name, content, httpEquiv, charset, srcdoc, type, shadowrootmode, color, face, size, encoding

    /// Nil for every other name.
    init?(_ name: ASCIIName) {
        guard let attribute = Self.table[name] else { return nil }
        self = attribute
    }

    private static let table = NameTable<HTMLAttribute?>(
        [
            ("href", .href), ("src", .src), ("rel", .rel), ("style", .style), ("srcset", .srcset),
            ("imagesrcset", .imagesrcset), ("xlink:href", .xlinkHref), ("longdesc", .longdesc), ("poster", .poster),
            ("data", .data), ("background", .background), ("cite", .cite), ("name", .name), ("content", .content),
            ("http-equiv", .httpEquiv), ("charset", .charset), ("srcdoc", .srcdoc), ("type", .type),
            ("shadowrootmode", .shadowrootmode), ("color", .color), ("face", .face), ("size", .size), ("encoding", .encoding),
        ],
        unknown: nil, slotBits: 7)
}

struct HTMLAttributeSet: OptionSet, Sendable {
    let rawValue: UInt32

    static func of(_ attribute: HTMLAttribute) -> HTMLAttributeSet { HTMLAttributeSet(rawValue: 1 << attribute.rawValue) }

    static let href = of(.href)
    static let src = of(.src)
    static let rel = of(.rel)
    static let style = of(.style)
    static let srcset = of(.srcset)
    static let imagesrcset = of(.imagesrcset)
    static let xlinkHref = of(.xlinkHref)
    static let longdesc = of(.longdesc)
    static let poster = of(.poster)
    static let data = of(.data)
    static let background = of(.background)
    static let cite = of(.cite)
    static let name = of(.name)
    static let content = of(.content)
    static let httpEquiv = of(.httpEquiv)
    static let charset = of(.charset)
    static let srcdoc = of(.srcdoc)
    static let type = of(.type)
    static let shadowrootmode = of(.shadowrootmode)
    static let color = of(.color)
    static let face = of(.face)
    static let size = of(.size)
    static let encoding = of(.encoding)
}
