// Loaded by every page; what one page alone needs, that page names. Nothing here is needed to use Purser: each part makes
// smoother what works without it.
import './busy.js';
import './copy.js';
import './failed.js';
import './fields.js';
import './filter.js';
import './overlay.js';
import './password.js';
import './select.js';
import './session.js';
import './time.js';
import './tip.js';
import './told.js';
import './unsaved.js';
