/// A robots.txt as a site has it that grew for years, and URLs that its rules are about.
enum RobotsSample {
    static let text = """
        # Please wait a second between two requests.
        User-agent: SomeHarvester
        User-agent: OfflineReader
        Disallow: /

        User-agent: *
        Crawl-delay: 1
        Allow: /wiki/Special:Search$
        Allow: /w/load.php?
        Allow: /api/rest_v1/?doc
        Disallow: /wiki/Special:
        Disallow: /wiki/Spezial:
        Disallow: /wiki/Special%3A
        Disallow: /w/
        Disallow: /api/
        Disallow: /trap/
        Disallow: /cgi-bin/
        Disallow: /admin/
        Disallow: /user/login
        Disallow: /user/register
        Disallow: /user/password
        Disallow: /checkout
        Disallow: /cart
        Disallow: /account/
        Disallow: /orders/
        Disallow: /wishlist/
        Disallow: /search
        Allow: /search/about
        Allow: /search/howsearchworks
        Disallow: /catalog/compare
        Disallow: /*/print/
        Disallow: /*/share$
        Disallow: /*?*sort=
        Disallow: /*?*filter[
        Disallow: /*&sessionid=
        Disallow: /*?sessionid=
        Disallow: /*?print=1
        Disallow: /*.pdf$
        Disallow: /*.zip$
        Disallow: /*/feed/
        Disallow: /*/trackback
        Disallow: /archive/*/raw/
        Disallow: /usr/share/doc/*/whatsnew/2.
        Allow: /usr/share/doc/*/whatsnew/2.7.html
        Disallow: /usr/share/doc/*/_sources/
        Disallow: /usr/share/doc/postgresql-doc-15/html/release-
        Allow: /usr/share/doc/postgresql-doc-15/html/release-15.html
        Disallow: /%7Eold/
        Disallow: /caf%C3%A9/menu
        Disallow: /images/*.svg$
        Allow: /images/logo.svg
        Disallow: /tmp
        Disallow: /private
        Disallow: /internal/
        Disallow: /test/
        Disallow: /preview/
        Sitemap: https://www.example.org/sitemap.xml
        """

    static let targets = [
        "/", "/robots.txt", "/wiki/Special:Search", "/wiki/Special:Random", "/w/index.php?title=Main_Page&action=edit",
        "/w/load.php?modules=site.styles&only=styles", "/search?q=robots+exclusion", "/search/about", "/cart/add?item=4711",
        "/shop/garden/chairs?color=green&sort=price", "/shop/garden/chairs?filter[size]=4&page=2", "/news/2026/01/17/print/",
        "/news/2026/01/17/an-article-with-a-long-name-that-tells-all", "/papers/2025/on-caches.pdf",
        "/papers/2025/on-caches.pdf?download=1", "/blog/feed/", "/archive/2019/03/raw/12.txt", "/~old/index.html",
        "/images/diagrams/frontier.svg", "/images/logo.svg", "/forum/thread.php?id=81273&page=3&sessionid=c0ffee",
        "/caf\u{E9}/menu/today",
    ]
}
