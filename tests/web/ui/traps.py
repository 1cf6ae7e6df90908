"""One mail with every way known to us in which HTML runs something, goes somewhere or asks for something."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from tests.web.ui.mails import mail


@dataclass
class Listener:
    """A bare TCP listener on loopback: counts connections and notes the requests' first lines and header fields."""

    port: int
    requests: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def listener() -> Iterator[Listener]:
    """Every connection is a request, even one that says nothing, as `preconnect` makes them."""
    requests: list[str] = []
    connections: list[socket.socket] = []
    lock = threading.Lock()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with lock:
                number = len(requests)
                requests.append("connection without a request")
                connections.append(self.request)
            with contextlib.suppress(OSError):
                if octets := self.request.recv(4096):
                    requests[number] = octets.decode("latin-1")
                    self.request.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Listener(server.server_address[1], requests)
        finally:
            server.shutdown()
            thread.join()
            for connection in connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


OWN = "document.title='owned';top.document.title='owned';fetch('{u}run')"


def vectors(url: str) -> list[str]:
    """Pieces of HTML; {u} is the listener's address, {h} its host, {o} a script that shows that it ran."""
    pieces = """
        <script>{o}</script>
        <script src="{u}1.js"></script>
        <script type="module" src="{u}2.js"></script>
        <img src="{u}3.png" onload="{o}">
        <img src="x" onerror="{o}">
        <img srcset="{u}4.png 1x, {u}5.png 2x">
        <picture><source srcset="{u}6.png"><img src="{u}7.png"></picture>
        <link rel="stylesheet" href="{u}8.css">
        <link rel="preconnect" href="{u}">
        <link rel="dns-prefetch" href="{u}">
        <link rel="prefetch" href="{u}9">
        <link rel="preload" as="image" href="{u}10.png">
        <link rel="modulepreload" href="{u}11.js">
        <link rel="icon" href="{u}12.ico">
        <link rel="manifest" href="{u}13">
        <base href="{u}">
        <meta http-equiv="refresh" content="0;url={u}14">
        <meta http-equiv="Content-Security-Policy" content="default-src *">
        <meta http-equiv="set-cookie" content="a=b">
        <iframe src="{u}15"></iframe>
        <iframe src="javascript:{o}"></iframe>
        <iframe srcdoc="<script>{o}</script><img src={u}16>"></iframe>
        <frameset><frame src="{u}17"></frameset>
        <object data="{u}18"></object>
        <embed src="{u}19">
        <applet code="{u}20"></applet>
        <video src="{u}21.mp4" poster="{u}22.png" autoplay></video>
        <audio src="{u}23.mp3" autoplay></audio>
        <video autoplay><source src="{u}24.mp4"><track default src="{u}25.vtt"></video>
        <svg onload="{o}"><image href="{u}26.png"/><use href="{u}27.svg#a"/><script>{o}</script></svg>
        <svg><foreignObject><img src="{u}28.png"></foreignObject><animate onbegin="{o}" attributeName="x"/></svg>
        <math><mtext><table><mglyph><style><img src=x onerror="{o}"></style></mglyph></table></mtext></math>
        <style>@import "{u}29.css"; @import url({u}30.css);</style>
        <style>body{{background:url({u}31.png)}} p::after{{content:url("{u}32.png")}}</style>
        <style>@font-face{{font-family:x;src:url({u}33.woff2)}} p{{font-family:x;cursor:url({u}34.cur),auto}}</style>
        <style>p{{background:u\\72l({u}35.png)}} li{{list-style:url({u}36.png)}} p{{mask:url({u}37.svg)}}</style>
        <div style="background-image:url('{u}38.png')">a</div>
        <div style="background:image-set(url({u}39.png) 1x)">b</div>
        <table background="{u}40.png"><tr><td background="{u}41.png">c</td></tr></table>
        <input type="image" src="{u}42.png" autofocus onfocus="{o}">
        <form action="{u}43"><input name="p"><button autofocus>go</button></form>
        <isindex action="{u}44">
        <details open ontoggle="{o}">d</details>
        <marquee onstart="{o}">e</marquee>
        <body background="{u}45.png" onload="{o}" onpageshow="{o}">
        <a href="javascript:{o}" id="js">script link</a>
        <a href="{u}46" ping="{u}47">link</a>
        <img src="{u}48.png" lowsrc="{u}49.png" dynsrc="{u}50.png" longdesc="{u}51">
        <noscript><img src="{u}52.png"><style>p{{background:url({u}53.png)}}</style></noscript>
        <select><style><link rel=preconnect href="{u}"></style></select>
        <template><img src="{u}54.png"></template>
        <button popovertarget="x" formaction="{u}55">f</button>
        <bgsound src="{u}56"><portal src="{u}57"></portal><fencedframe src="{u}58"></fencedframe>
        <img src="//{h}/59.png"><img src="{u}60.png" crossorigin="use-credentials" srcset="{u}61.png 300w" sizes="10px">
        <img src="data:image/svg+xml,%3Csvg xmlns='x' onload='{o}'%3E%3Cimage href='{u}62.png'/%3E%3C/svg%3E">
        <svg><use xlink:href="{u}63.svg#a"/><image xlink:href="{u}64.png"/><feImage href="{u}65.png"/></svg>
        <svg><a xlink:href="javascript:{o}"><text>svg</text></a><set attributeName="href" to="javascript:{o}"/></svg>
        <svg><style>@import url({u}66.css);</style><handler ev:event="load">{o}</handler></svg>
        <svg><animate xlink:href="#js" attributeName="href" values="javascript:{o}"/></svg>
        <math href="javascript:{o}"><maction actiontype="x" xlink:href="javascript:{o}">math</maction></math>
        <math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={o}&gt;"></table></math>
        <svg></p><style><a id="</style><img src=1 onerror={o}>"></svg>
        <noscript><p title="</noscript><img src=x onerror={o}>"></noscript>
        <![CDATA[<img src="{u}67.png" onerror="{o}">]]>
        <!--><img src="{u}68.png" onerror="{o}"><!--[if gte IE 4]><script>{o}</script><![endif]-->
        <?xml-stylesheet href="{u}69.css"?>
        <link rel="prerender" href="{u}70"><link rel="preload" as="image" imagesrcset="{u}71.png 1x">
        <link rel="alternate stylesheet" href="{u}72.css" title="x"><link rel="pingback" href="{u}73">
        <link rel="stylesheet" href="data:text/css,@import url({u}74.css);">
        <meta http-equiv="refresh" content="0;url=javascript:{o}">
        <meta http-equiv="Link" content="<{u}75.css>;rel=stylesheet">
        <meta http-equiv="x-dns-prefetch-control" content="on">
        <script type="speculationrules">{{"prefetch":[{{"source":"list","urls":["{u}76"]}}]}}</script>
        <script type="importmap">{{"imports":{{"x":"{u}77.js"}}}}</script>
        <iframe src="data:text/html,<script>{o}</script>"></iframe><iframe src="//{h}/78"></iframe>
        <object data="data:text/html,<script>{o}</script>"></object><embed src="data:image/svg+xml,<svg onload='{o}'/>">
        <object type="text/html" data="{u}79"><param name="src" value="{u}80"></object>
        <video><source src="//{h}/81.mp4"></video><audio controls src="{u}82.mp3"><track src="{u}83.vtt"></audio>
        <style>@import "//{h}/84.css" layer(x); @import url("{u}85.css") print;</style>
        <style>@font-face{{font-family:y;src:local("x"),url("{u}86.woff2")}} body{{font-family:y}}</style>
        <style>p{{background:image-set("{u}87.png" 1x);border-image:url({u}88.png) 1;mask-image:url({u}89.png)}}</style>
        <style>p{{filter:url({u}90.svg#a);clip-path:url({u}91.svg#a);shape-outside:url({u}92.png)}}</style>
        <style>p{{background:-webkit-cross-fade(url({u}93.png),url({u}94.png),50%);cursor:url({u}95.cur),auto}}</style>
        <style>p{{background:\75 rl({u}96.png);behavior:url({u}97.htc);-moz-binding:url({u}98.xml#x)}}</style>
        <style>p::before{{content:url({u}99.png)}} li::marker{{content:url({u}100.png)}}</style>
        <style>:visited,:link{{background:url({u}101.png)}}</style>
        <p style="background:url(//{h}/102.png);list-style-image:url('{u}103.png');width:expression({o})">g</p>
        <p style="animation:x 1s" onanimationstart="{o}">h</p>
        <style>@keyframes x{{to{{background:url({u}104.png)}}}}</style>
        <a href="JaVaScRiPt:{o}">a1</a><a href="java&Tab;script:{o}">a2</a><a href=" &#14; javascript:{o}">a3</a>
        <a href="data:text/html,<script>{o}</script>">a4</a><a href="vbscript:x">a5</a><a href="blob:{u}1">a6</a>
        <map name="m"><area href="javascript:{o}" shape="default"></map><img usemap="#m" src="x" alt="">
        <form id="f" action="javascript:{o}"><button form="f" formaction="javascript:{o}">i</button></form>
        <input type="image" formaction="{u}105" src="//{h}/106.png" srcset="{u}107.png">
        <div contenteditable autofocus onfocus="{o}">j</div><input autofocus onfocus="{o}">
        <keygen autofocus onfocus="{o}">
        <xss onpointerrawupdate="{o}" oncontentvisibilityautostatechange="{o}">k</xss>
        <template shadowrootmode="open"><img src="{u}108.png"><script>{o}</script></template>
        <html manifest="{u}109" onclick="{o}"><body background="//{h}/110.png" onhashchange="{o}" onfocus="{o}">
        <dialog open onclose="{o}"><form method="dialog"><button>l</button></form></dialog>
        <p>The end.</p>
        <xmp><img src="{u}111.png" onerror="{o}"></xmp><noembed><img src="{u}112.png"></noembed>
        <plaintext><img src="{u}113.png" onerror="{o}">
    """
    own = OWN.format(u=url)
    host = url.split("/")[2]
    return [line.strip().format(u=url, h=host, o=own) for line in pieces.strip().splitlines()]


def trap(url: str) -> EmailMessage:
    """The mail."""
    return mail("Trap", html="<html><body>" + "\n".join(vectors(url)) + "</body></html>")
