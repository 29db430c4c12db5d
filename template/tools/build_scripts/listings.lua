-- Code: plain fences, included and numbered listings, comparisons, captured output, diagrams.
--
-- listings.py has read the files; `state.listings` holds their texts by the key made here.

local HERE = pandoc.path.directory(arg[0])
local known_language = dofile(pandoc.path.join {HERE, "languages.lua"})
local numbering = dofile(pandoc.path.join {HERE, "numbering.lua"})
local references = dofile(pandoc.path.join {HERE, "references.lua"})
local CODE_OPTIONS = dofile(pandoc.path.join {HERE, "blocks.lua"}).CODE_OPTIONS

local DIAGRAMS = {mermaid = true, dot = true, graphviz = true}
-- A comment at the end of a line that holds `<1>` and nothing else.
local MARKS = {
  "%s*#%s*<(%d+)>%s*$", "%s*//%s*<(%d+)>%s*$", "%s*%-%-%s*<(%d+)>%s*$", "%s*;%s*<(%d+)>%s*$",
  "%s*%%%s*<(%d+)>%s*$", "%s*/%*%s*<(%d+)>%s*%*/%s*$", "%s*<!%-%-%s*<(%d+)>%s*%-%->%s*$",
}

local M = {}

--- Keep the classes that the highlighter knows, and remember the language as it was written.
function M.finish_code(code)
  local kept, language = pandoc.List {}, nil
  for _, class in ipairs(code.classes) do
    if CODE_OPTIONS[class] then
      kept:insert(class)
    elseif not language then
      language = class
      local known = known_language(class)
      if known then kept:insert(known) end
    end
  end
  code.classes = kept
  code.attributes["data-language"] = language
  return code
end

-- Lines -------------------------------------------------------------------------------------

--- `3,5-7` as the numbers of lines, `3 5 6 7`; nil where it is something else.
local function line_numbers(text)
  local numbers = pandoc.List {}
  for part in (text .. ","):gmatch("%s*([^,]*),") do
    local first, last = part:match("^(%d+)%s*$"), nil
    if not first then first, last = part:match("^(%d+)%s*%-%s*(%d+)%s*$") end
    if not first then return nil end
    for number = tonumber(first), tonumber(last or first) do numbers:insert(number) end
  end
  return numbers
end

local function set_lines(code, name, numbers)
  if not numbers or #numbers == 0 then return end
  -- JSON knows no whole numbers.
  code.attributes[name] = table.concat(numbers:map(math.tointeger), " ")
end

local function count_lines(text)
  local _, breaks = text:gsub("\n", "")
  return breaks + 1
end

--- `highlight="3,5-7"`, in numbers of the lines that are printed.
local function set_highlight(code, report)
  local written = code.attributes.highlight
  if not written then return end
  code.attributes.highlight = nil
  local numbers = line_numbers(written)
  local last = count_lines(code.text)
  if not numbers or numbers:find_if(function(n) return n < 1 or n > last end) then
    report.wrong_lines:insert {written = written, last = last}
    return
  end
  set_lines(code, "data-highlight", numbers)
end

local function take_mark(line)
  for _, pattern in ipairs(MARKS) do
    local number = line:match(pattern)
    if number then return line:gsub(pattern, ""), number end
  end
  return line, nil
end

--- Take the callouts from a listing: they are printed as signs beside their lines.
local function take_marks(code)
  if not code.text:find("<%d+>") then return false end
  local lines, marks = pandoc.List {}, pandoc.List {}
  for line in (code.text .. "\n"):gmatch("(.-)\n") do
    local rest, number = take_mark(line)
    lines:insert(rest)
    if number then marks:insert(#lines .. ":" .. number) end
  end
  if #marks == 0 then return false end
  code.text = table.concat(lines, "\n")
  code.attributes["data-marks"] = table.concat(marks, " ")
  return true
end

-- Included files ----------------------------------------------------------------------------

local function take(code, name)
  local value = code.attributes[name]
  if value then code.attributes[name] = nil end
  return value
end

--- The key of a part of a file; the same as in listings.py.
local function key_of(path, region, lines)
  return path .. (region and "#" .. region or lines and ":" .. lines or "")
end

local function source_line(found, shared)
  local name = pandoc.Code(found.path)
  local address = references.file_address(found.path, shared)
  if not address then return pandoc.Plain {name} end
  local lines = found.first and ("#L%d-L%d"):format(found.first, found.last) or ""
  return pandoc.Plain {pandoc.Link({name}, address .. lines)}
end

local function source_div(found, shared)
  return pandoc.Div({source_line(found, shared)}, pandoc.Attr("", {"source"}))
end

local function listing(state, key, report)
  local found = state.listings[key]
  if not found then report.unread_listings:insert(key) end
  return found
end

-- Tables ------------------------------------------------------------------------------------

--- Numbers stand under each other.
local function align_numbers(tbl)
  local rows = tbl.bodies[1].body
  for place, spec in ipairs(tbl.colspecs) do
    local is_number = #rows > 0
    for _, row in ipairs(rows) do
      local text = pandoc.utils.stringify(row.cells[place].contents)
      is_number = is_number and text:find("^[-−]?%d[%d.,_]*%s?%%?$") ~= nil
    end
    if is_number then tbl.colspecs[place] = {pandoc.AlignRight, spec[2]} end
  end
end

--- The table that a fence of comma-separated values is, its own or a file's, or nil.
function M.table(code, state, report)
  if code.classes[1] ~= "table" then return nil end
  local caption = take(code, "caption") or take(code, "tbl-cap")
  local include = take(code, "include")
  local found = include and listing(state, include, report)
  local tbl = pandoc.read(found and found.text or code.text, "csv").blocks[1]
  if not tbl then return nil end
  align_numbers(tbl)
  local words = caption and numbering.read_inlines(caption) or pandoc.Inlines {}
  tbl.caption = {long = {pandoc.Plain(words)}}
  tbl.attr = pandoc.Attr(code.identifier, code.classes:filter(function(c) return c ~= "table" end))
  return tbl
end

-- Captions ----------------------------------------------------------------------------------

local function caption_div(id, caption, state, report)
  local words = caption and numbering.read_inlines(caption) or pandoc.Inlines {}
  local inlines = numbering.captioned(id, words, state, report)
  if #inlines == 0 then return pandoc.Blocks {} end
  return pandoc.Blocks {pandoc.Div({pandoc.Plain(inlines)}, pandoc.Attr("", {"caption"}))}
end

--- A comparison: the listing before, and the listing after.
local function comparison(code, before_key, key, head, id, state, report)
  local before, after = listing(state, before_key, report), listing(state, key, report)
  if not (before and after) then return code end
  local changes = state.comparisons[before_key .. "\n" .. key] or {removed = {}, added = {}}
  local function side(class, found, name, numbers)
    local text = code:clone()
    text.text = found.text
    take_marks(text)
    text.attributes["data-marks"] = nil
    set_lines(text, name, numbers)
    return pandoc.Div({source_div(found, state.shared), text}, pandoc.Attr("", {class}))
  end
  local sides = pandoc.Blocks {
    side("before", before, "data-removed", pandoc.List(changes.removed)),
    side("after", after, "data-added", pandoc.List(changes.added)),
  }
  return pandoc.Div(head .. sides, pandoc.Attr(id, {"comparison"}))
end

-- Diagrams ----------------------------------------------------------------------------------

--- A diagram is a picture that Python draws; its name is made of what it shows.
local function diagram(code, language, state, report)
  local include, region, lines = take(code, "include"), take(code, "region"), take(code, "lines")
  local found = include and listing(state, key_of(include, region, lines), report)
  if include and not found then return nil end
  if found then code.text = found.text end
  local id, caption = code.identifier, take(code, "caption") or take(code, "fig-cap")
  local alt = take(code, "alt") or take(code, "fig-alt") or caption or ""
  local drawn_from = table.concat({state.shared.renderer, language, code.text}, "\n")
  local path = state.shared.diagrams .. "/" .. pandoc.utils.sha1(drawn_from) .. ".svg"
  report.diagrams:insert {
    language = language, text = code.text, path = path,
    source = found and found.path, first = found and found.first,
  }
  local image = references.report_image(
    pandoc.Image(pandoc.Inlines(alt), path), language, path, false, report
  )
  image.attributes.width = take(code, "width")
  local words = caption and numbering.read_inlines(caption) or pandoc.Inlines {}
  local attr = pandoc.Attr(id, {"diagram"})
  return pandoc.Figure({pandoc.Plain {image}}, {long = {pandoc.Plain(words)}}, attr)
end

--- The diagram that a fence is, its own or a file's, or nil.
function M.diagram(code, state, report)
  local language = code.classes[1]
  if not DIAGRAMS[language] then return nil end
  return diagram(code, language, state, report)
end

-------------------------------------------------------------------------------------------------

--- Finish a fence: fill it, mark its lines, and give it its caption.
function M.finish(code, state, report)
  M.finish_code(code)
  local id = code.identifier
  local caption = take(code, "caption") or take(code, "lst-cap")
  local include, output, before = take(code, "include"), take(code, "output"), take(code, "before")
  local region, lines = take(code, "region"), take(code, "lines")
  local before_region = take(code, "before-region") or region
  local is_listing = id ~= "" or caption or include or output
  if not is_listing then
    set_highlight(code, report)
    if take_marks(code) then state.has_marks = true end
    return code
  end
  code.identifier = ""
  local head = caption_div(id, caption, state, report)
  if before then
    local keys = {key_of(before, before_region), key_of(include or "", region, lines)}
    return comparison(code, keys[1], keys[2], head, id, state, report)
  end
  local classes = pandoc.List {"listing"}
  local key = output and "output:" .. output or include and key_of(include, region, lines)
  local found = key and listing(state, key, report)
  if found then
    code.text = found.text
    head:insert(source_div(found, state.shared))
  end
  if output then classes:insert("output") end
  set_highlight(code, report)
  if take_marks(code) then state.has_marks = true end
  return pandoc.Div(head .. {code}, pandoc.Attr(id, classes))
end

--- Name the lists that explain the callouts of the listing before them.
function M.finish_annotations(blocks)
  local function has_marks(block)
    if block.t == "CodeBlock" then return block.attributes["data-marks"] ~= nil end
    local last = block.t == "Div" and block.classes:includes("listing") and block.content:at(-1)
    return last and last.t == "CodeBlock" and last.attributes["data-marks"] ~= nil
  end
  for place = 2, #blocks do
    if blocks[place].t == "OrderedList" and has_marks(blocks[place - 1]) then
      blocks[place] = pandoc.Div({blocks[place]}, pandoc.Attr("", {"annotations"}))
    end
  end
  return blocks
end

return M
