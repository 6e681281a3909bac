// The icons that pages use, and no others, because everybody loads all of them: class name after "icon-", then the file in
// @fluentui/svg-icons without its ending. A name says what the icon means here where that differs from what it shows, so that
// a page never picks by shape.
export const icons = {
  // Outcomes and badges. Filled ones stay readable at 16 px.
  ok: 'checkmark_circle_16_filled',
  warn: 'warning_16_filled',
  bad: 'dismiss_circle_16_filled',
  info: 'info_16_filled',
  mute: 'circle_hint_16_regular',
  required: 'text_asterisk_16_filled',
  dismiss: 'dismiss_20_regular',
  // Commands.
  add: 'add_20_regular',
  edit: 'edit_20_regular',
  delete: 'delete_20_regular',
  validate: 'shield_checkmark_20_regular',
  rerun: 'arrow_sync_20_regular',
  run: 'play_20_regular',
  stop: 'stop_20_regular',
  search: 'search_20_regular',
  copy: 'copy_20_regular',
  import: 'arrow_upload_20_regular',
  download: 'arrow_download_20_regular',
  save: 'save_20_regular',
  open: 'open_16_regular',
  'sign-out': 'sign_out_20_regular',
  // Movement.
  navigation: 'navigation_20_regular',
  'chevron-left': 'chevron_left_20_regular',
  'chevron-right': 'chevron_right_20_regular',
  'arrow-up': 'arrow_up_16_regular',
  'arrow-down': 'arrow_down_16_regular',
  sort: 'arrow_sort_16_regular',
  // Places and things.
  account: 'person_key_20_regular',
  app: 'apps_20_regular',
  discovery: 'target_20_regular',
  health: 'heart_pulse_20_regular',
  home: 'home_20_regular',
  help: 'question_circle_20_regular',
  key: 'key_20_regular',
  lock: 'lock_closed_key_20_regular',
  log: 'history_20_regular',
  people: 'people_20_regular',
  pool: 'people_team_20_regular',
  security: 'shield_keyhole_20_regular',
  tenant: 'building_20_regular',
};
