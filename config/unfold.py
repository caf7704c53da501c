"""How the admin looks (django-unfold); dotted strings only. What it lists: apps.backoffice."""

from typing import Any

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Probity",
    "SITE_HEADER": "Probity",
    "SITE_SUBHEADER": "Back-office",
    "SITE_URL": None,
    "SITE_ICON": "/static/probity/logo.svg",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "/static/probity/logo.svg"},
    ],
    "STYLES": ["/static/probity/backoffice.css"],
    "SCRIPTS": ["/static/probity/admin.js"],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "ENVIRONMENT": "apps.backoffice.web.views.navigation.environment",
    "DASHBOARD_CALLBACK": "apps.backoffice.web.views.home.home",
    "COLORS": {
        # 600 carries white text (5.5:1) and is read on white (5.5:1); 500 is read on the dark base
        "primary": {
            "50": "#effaf8",
            "100": "#d5f2ee",
            "200": "#aee4dd",
            "300": "#7ccfc6",
            "400": "#48b3aa",
            "500": "#2ba59b",
            "600": "#0f766e",
            "700": "#0c5f59",
            "800": "#0e4c48",
            "900": "#10403d",
            "950": "#032623",
        },
        "font": {
            # one step darker than unfold's own: its subtle text on the sidebar falls under 4.5:1
            "subtle-light": "var(--color-base-600)",
            "subtle-dark": "var(--color-base-400)",
            "default-light": "var(--color-base-700)",
            "default-dark": "var(--color-base-300)",
            "important-light": "var(--color-base-900)",
            "important-dark": "var(--color-base-100)",
        },
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "apps.backoffice.web.views.navigation.sidebar",
    },
}
