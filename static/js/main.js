// Entry point. The pages work without scripts: the server draws every row, tab and form.
import { startVisits } from "./visit.js";
import { startSelection } from "./selection.js";
import { startList } from "./list.js";
import { startBadge } from "./badge.js";
import { startFollow } from "./follow.js";
import { startLive } from "./live.js";
import { startPalette } from "./palette.js";
import { startKeys } from "./keys.js";
import { startPanes } from "./panes.js";
import { startEdge } from "./edge.js";
import { startLinks } from "./links.js";
import { startLate } from "./late.js";
import { startPage } from "./page.js";

startPage();
startLinks();
startLate();
startEdge();
startVisits();
startSelection();
startList();
startPanes();
startPalette();
startKeys();
startBadge();
startFollow();
startLive();
