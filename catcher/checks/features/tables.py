"""Features by property, function, unit, selector, element and attribute.

Feature names are those of the data (`caniemail.json`), including its misspellings.
"""

from collections.abc import Mapping


def _inverted(groups: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the features by name, from names by feature."""
    found: dict[str, tuple[str, ...]] = {}
    for feature, names in groups.items():
        for name in names.split():
            found[name] = (*found.get(name, ()), feature)
    return found


_SINGLE_PROPERTIES = """
accent-color align-items aspect-ratio backdrop-filter background-blend-mode background-clip background-color
background-image background-origin background-repeat background-size background border-collapse border-image
border-spacing box-shadow box-sizing caption-side clear clip-path color-scheme column-count cursor direction
empty-cells filter float font-kerning font-size-adjust font-size font-stretch font-weight font height
hyphenate-character hyphenate-limit-chars hyphens inline-size justify-content letter-spacing line-height
list-style-image list-style-position list-style-type list-style mask-image max-block-size max-height
max-inline-size max-width min-block-size min-height min-inline-size min-width mix-blend-mode object-fit
object-position opacity orphans outline-offset overflow-wrap position resize shape-margin shape-outside tab-size
table-layout text-align-last text-align text-decoration-color text-decoration-line text-decoration-skip-ink
text-decoration-style text-decoration-thickness text-decoration text-emphasis-position text-indent text-justify
text-orientation text-overflow text-shadow text-transform text-underline-offset text-underline-position text-wrap
transform user-select vertical-align visibility white-space-collapse white-space widows width word-break
word-spacing word-wrap writing-mode z-index
"""
_UNITS = """
ch cm em ex in mm pc pt px rem vh vmax vmin vw
"""
_PSEUDO_CLASSES = """
active checked default first-child first-of-type focus focus-visible focus-within has hover lang last-child
last-of-type link not nth-child nth-last-child nth-last-of-type nth-of-type only-child only-of-type target
visited
"""
_PSEUDO_ELEMENTS = """
after before first-letter first-line marker placeholder
"""
_ELEMENTS = """
abbr acronym address audio base bdi blockquote body code del dfn dialog div form hr img link marquee meter p
picture pre progress rp rt ruby select small span strike strong style svg table textarea video wbr
"""
_ATTRIBUTES = """
align aria-describedby aria-hidden aria-label aria-labelledby aria-live background cellpadding cellspacing dir
height hidden lang popover required role target valign width
"""
_INPUTS = """
checkbox hidden radio reset submit text
"""
_SIDES = ("top", "right", "bottom", "left")
_LOGICAL = ("block-start", "block-end", "inline-start", "inline-end")
_LINE = ("width", "style", "color")

PROPERTIES: dict[str, tuple[str, ...]] = _inverted(
    {f"css-{name}": name for name in _SINGLE_PROPERTIES.split()}
    | {
        "css-animation": "animation animation-name animation-duration animation-timing-function animation-delay "
        "animation-iteration-count animation-direction animation-fill-mode animation-play-state",
        "css-background-position": "background-position background-position-x background-position-y",
        "css-block-inline-size": "block-size inline-size",
        "css-border": " ".join(
            ["border", *(f"border-{side}" for side in _SIDES), *(f"border-{line}" for line in _LINE)]
            + [f"border-{side}-{line}" for side in _SIDES for line in _LINE]
        ),
        "css-border-image": "border-image border-image-source border-image-slice border-image-width "
        "border-image-outset border-image-repeat",
        "css-border-inline-block": "border-inline border-block",
        "css-border-inline-block-individual": " ".join(
            [f"border-{axis}-{line}" for axis in ("inline", "block") for line in _LINE]
            + [f"border-{edge}" for edge in _LOGICAL]
        ),
        "css-border-inline-block-longhand": " ".join(f"border-{edge}-{line}" for edge in _LOGICAL for line in _LINE),
        "css-border-radius": "border-radius border-top-left-radius border-top-right-radius border-bottom-left-radius "
        "border-bottom-right-radius",
        "css-border-radius-logical": "border-start-start-radius border-start-end-radius border-end-start-radius "
        "border-end-end-radius",
        "css-column-layout-properties": "columns column-count column-fill column-gap column-rule column-rule-color "
        "column-rule-style column-rule-width column-span column-width",
        "css-gap": "gap column-gap row-gap grid-gap grid-column-gap grid-row-gap",
        "css-grid-template": "grid-template grid-template-areas grid-template-columns grid-template-rows",
        "css-inset": "inset inset-block inset-inline inset-block-start inset-block-end inset-inline-start "
        "inset-inline-end",
        "css-left-right-top-bottom": "left right top bottom",
        "css-margin": "margin margin-top margin-right margin-bottom margin-left",
        "css-margin-block-start-end": "margin-block-start margin-block-end",
        "css-margin-inline-block": "margin-inline margin-block",
        "css-margin-inline-start-end": "margin-inline-start margin-inline-end",
        "css-outline": "outline outline-color outline-style outline-width",
        "css-overflow": "overflow overflow-x overflow-y overflow-block overflow-inline",
        "css-padding": "padding padding-top padding-right padding-bottom padding-left",
        "css-padding-block-start-end": "padding-block-start padding-block-end",
        "css-padding-inline-block": "padding-inline padding-block",
        "css-padding-inline-start-end": "padding-inline-start padding-inline-end",
        "css-scroll-snap": "scroll-snap-type scroll-snap-align scroll-snap-stop",
        "css-text-emphasis": "text-emphasis text-emphasis-color text-emphasis-style",
        "css-transition": "transition transition-property transition-duration transition-timing-function "
        "transition-delay",
    }
)
"""Properties, without vendor prefix."""

VALUES: dict[tuple[str, str], str] = (
    {("display", value): "css-display-flex" for value in ("flex", "inline-flex")}
    | {("display", value): "css-display-grid" for value in ("grid", "inline-grid")}
    | {("display", "none"): "css-display-none"}
    | {
        (name, value): "css-flex-direction"
        for name in ("flex-direction", "flex-flow")
        for value in ("column", "column-reverse")
    }
    | {(name, value): "css-flex-wrap" for name in ("flex-wrap", "flex-flow") for value in ("wrap", "wrap-reverse")}
    | {
        (name, value): "css-sytem-ui"
        for name in ("font", "font-family")
        for value in ("system-ui", "ui-serif", "ui-sans-serif", "ui-rounded", "ui-monospace")
    }
)
"""Features by property and keyword."""

KEYWORDS: dict[str, str] = {
    "initial": "css-unit-initial",
    "fit-content": "css-intrinsic-size",
    "min-content": "css-intrinsic-size",
    "max-content": "css-intrinsic-size",
}
"""Keywords of any property, without vendor prefix."""

FUNCTIONS: dict[str, str] = {
    "calc": "css-unit-calc",
    "clamp": "css-function-clamp",
    "conic-gradient": "css-conic-gradient",
    "fit-content": "css-intrinsic-size",
    "lab": "css-modern-color",
    "lch": "css-modern-color",
    "light-dark": "css-function-light-dark",
    "linear-gradient": "css-linear-gradient",
    "max": "css-function-max",
    "min": "css-function-min",
    "oklab": "css-modern-color",
    "oklch": "css-modern-color",
    "radial-gradient": "css-radial-gradient",
    "repeating-conic-gradient": "css-conic-gradient",
    "repeating-linear-gradient": "css-linear-gradient",
    "repeating-radial-gradient": "css-radial-gradient",
    "rgb": "css-rgb",
    "rgba": "css-rgba",
    "var": "css-variables",
}
"""Functions in values, without vendor prefix."""

UNITS: dict[str, str] = {unit: f"css-unit-{unit}" for unit in _UNITS.split()}

AT_RULES: dict[str, str] = {
    "font-face": "css-at-font-face",
    "import": "css-at-import",
    "keyframes": "css-at-keyframes",
    "media": "css-at-media",
    "supports": "css-at-supports",
}
"""At-rules, without vendor prefix."""

MEDIA_FEATURES: dict[str, str] = {
    "any-hover": "css-at-media-hover",
    "device-pixel-ratio": "css-at-media-device-pixel-ratio",
    "hover": "css-at-media-hover",
    "max-device-pixel-ratio": "css-at-media-device-pixel-ratio",
    "min-device-pixel-ratio": "css-at-media-device-pixel-ratio",
    "orientation": "css-at-media-orientation",
    "prefers-color-scheme": "css-at-media-prefers-color-scheme",
    "prefers-reduced-motion": "css-at-media-prefers-reduced-motion",
}
"""Media features, without vendor prefix."""

PSEUDO_CLASSES: dict[str, str] = {name: f"css-pseudo-class-{name}" for name in _PSEUDO_CLASSES.split()}
PSEUDO_ELEMENTS: dict[str, str] = {name: f"css-pseudo-element-{name}" for name in _PSEUDO_ELEMENTS.split()}

ELEMENTS: dict[str, tuple[str, ...]] = _inverted(
    {f"html-{tag}": tag for tag in _ELEMENTS.split()}
    | {
        "html-h1-h6": "h1 h2 h3 h4 h5 h6",
        "html-image-maps": "map area",
        "html-lists": "ul ol li dl dt dd",
        "html-object": "object embed",
        "html-script": "script",
        "html-semantics": "article aside details figcaption figure footer header main mark nav section summary time",
    }
)
"""Elements by tag name. html-script is not in the data: no client runs scripts."""

ATTRIBUTES: dict[str, tuple[str, ...]] = _inverted(
    {f"html-{name}": name for name in _ATTRIBUTES.split()}
    | {
        "css-inert-attribute": "inert",
        "html-image-maps": "usemap",
        "html-loading-attribute": "loading",
        "html-popover": "popover popovertarget",
        "html-srcset": "srcset sizes",
    }
)
"""Attributes of any element."""

INPUT_TYPES: dict[str, str] = {name: f"html-input-{name}" for name in _INPUTS.split()}
"""Types of the input element; without type, and with one that is not known, it is a text input (HTML §4.10.5)."""
BUTTON_TYPES: dict[str, str] = {"reset": "html-button-reset", "submit": "html-button-submit"}
"""Types of the button element; without type it submits (HTML §4.10.6)."""

IMAGE_TYPES: dict[str, str] = {
    "apng": "image-apng",
    "avif": "image-avif",
    "bmp": "image-bmp",
    "gif": "image-gif",
    "hdr": "image-hdr",
    "heic": "image-heif",
    "heif": "image-heif",
    "ico": "image-ico",
    "jfif": "image-jpg",
    "jpe": "image-jpg",
    "jpeg": "image-jpg",
    "jpg": "image-jpg",
    "m4v": "image-mp4",
    "mp4": "image-mp4",
    "png": "image-png",
    "svg": "image-svg",
    "tif": "image-tiff",
    "tiff": "image-tiff",
    "vnd.microsoft.icon": "image-ico",
    "vnd.mozilla.apng": "image-apng",
    "vnd.radiance": "image-hdr",
    "webp": "image-webp",
    "x-icon": "image-ico",
    "x-ms-bmp": "image-bmp",
    "x-png": "image-png",
    "svg+xml": "image-svg",
}
"""File name extensions and media subtypes of images, and of videos used as images."""
