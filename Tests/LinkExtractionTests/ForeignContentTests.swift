import LinkExtraction
import Testing

/// svg and math (HTML standard section 13.2.6.5).
@Suite struct ForeignContentTests {
    @Test(arguments: [
        ("<svg><a href=x xlink:href=y></a><a xlink:href=z></svg>", ["anchor x", "anchor z"]),
        ("<svg><image xlink:href=x /><image href=y /></svg>", ["image x", "image y"]),
        ("<svg><use href='#z'/><use href='f.svg#z'/></svg>", ["image f.svg"]),
        ("<svg><feImage href=x /></svg>", ["image x"]),
        ("<svg><script href=x></script><a href=y></svg>", ["script x", "anchor y"]),
        ("<svg><img src=x></svg>", ["image x"]),
        ("<svg><image src=x></svg><image src=y>", ["image y"]),
        ("<a xlink:href=x><svg></svg><a xlink:href=y>", []),
        ("<svg><area href=x></svg>", []),
        // A title in svg is markup, in HTML it is text.
        ("<svg><title><a href=x></title></svg><title><a href=y></title>", ["anchor x"]),
        ("<svg><style>@import 'x'; </style><a href=y></svg>", ["stylesheet x", "anchor y"]),
        ("<svg><style>a{background:url(x)}<a href=y></style></svg>", ["styleResource x", "anchor y"]),
        ("<svg><style><![CDATA[a{background:url(x)}]]></style></svg>", ["styleResource x"]),
        ("<svg><![CDATA[<a href=x>]]]><a href=y></svg>", ["anchor y"]),
        ("<svg><![CDATA[>]] ]><a href=x>]]><a href=y></svg><![CDATA[><a href=z>", ["anchor y", "anchor z"]),
        (
            "<svg><foreignObject><a href=x><title><a href=no></title></foreignObject><title><a href=y></title></svg>",
            ["anchor x", "anchor y"]
        ),
        // A CDATA section is one only where svg itself is open.
        ("<svg><desc><p><![CDATA[><a href=x>]]></desc></svg>", ["anchor x"]),
        ("<svg><desc><br><b></b><![CDATA[><a href=no>]]><a href=x></desc></svg>", ["anchor x"]),
        ("<svg><a><desc><a href=x></a><![CDATA[><a href=no>]]></desc><title><a href=y></title></svg>", ["anchor x", "anchor y"]),
        ("<svg/><title><a href=no></title><a href=x>", ["anchor x"]),
        // A tag of HTML ends svg.
        ("<svg><g><p><title><a href=no></title><a href=x>", ["anchor x"]),
        ("<svg><font><a xlink:href=x><font color=red><a xlink:href=no>", ["anchor x"]),
        ("<div><svg></div><title><a href=no></title>", []),
        ("<td><svg></td><title><a href=no></title><a href=x>", ["anchor x"]),
        ("<svg><path/></path><title><a href=x></title>", ["anchor x"]),
        ("<math><a href=x><mi><img src=y></mi></math>", ["anchor x", "image y"]),
        ("<math><mi><title><a href=no></title><mglyph><title><a href=x>", ["anchor x"]),
        ("<math><annotation-xml><title><a href=x></title></annotation-xml></math>", ["anchor x"]),
        ("<math><annotation-xml encoding=TEXT/html><title><a href=no></title></annotation-xml></math>", []),
        ("<math><annotation-xml><svg><image href=x></svg></annotation-xml></math>", ["image x"]),
        ("<p style='background:url(x)'><svg><g style='mask:url(y)'>", ["styleResource x", "styleResource y"]),
        ("<svg><template><a href=x></template></svg>", ["anchor x"]),
    ])
    func links(document: String, links: [String]) {
        #expect(Extracted.html(document).links == links, "\(document)")
    }

    @Test func depthIsBounded() {
        let deep = String(repeating: "<g>", count: 100_000)
        #expect(Extracted.html("<svg>\(deep)<a xlink:href=x></svg><title><a href=no></title>").links == ["anchor x"])
    }
}
