// What every page loads. Each page also works without it: by links, forms and their buttons.
import "./pricing.js";
import "./live.js";
import "./player.js";
import "./keys.js";
import "./theme.js";
import "./follow.js";
import "./drop.js";
import "./files.js";
import "./compare.js";
import "./replay.js";
import "./project.js";
import "./voices.js";
import "./commands.js";
import "./find.js";
import "./again.js";
