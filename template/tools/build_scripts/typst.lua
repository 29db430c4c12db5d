-- A chapter as Typst.
--
-- What pandoc's writer would lose (alternative texts, callouts, languages, places, the lines of
-- listings) is written as calls of the functions of theme/book.typ. Their names hold hyphens, so
-- that no formula can mean one of them. A call in a line ends with a semicolon, or the text after
-- it would be taken for a part of it.
--
-- Code is coloured here and not by Typst: by the highlighter that colours the website, in the
-- worker that has it loaded, and only when the chapter has changed.

local HERE = pandoc.path.directory(arg[0])
local plain = dofile(pandoc.path.join {HERE, "ids.lua"}).plain
local highlight = dofile(pandoc.path.join {HERE, "highlight.lua"})
local is_numbered = dofile(pandoc.path.join {HERE, "blocks.lua"}).is_numbered

local UNITS = {["%"] = true, pt = true, mm = true, cm = true, ["in"] = true, em = true}
local OPTIONS = {highlight_method = "idiomatic", wrap_text = "wrap-none"}
-- What a listing can be narrowed to; no line that is shorter is ever too long.
local NARROWEST = 50

-- Words from these lengths on may be cut: in text, in a table, in a line of code in the text.
local LONG, LONG_IN_TABLE, LONG_CODE = 28, 20, 16
-- A link within the book, whose target is filled in when all chapters are known.
local PLACEHOLDER = "^\u{FDD0}L%d+\u{FDD1}$"

local stringify, blocks_to_inlines = pandoc.utils.stringify, pandoc.utils.blocks_to_inlines

local function raw(code)
  return pandoc.RawInline("typst", code)
end

local function raw_block(code)
  return pandoc.RawBlock("typst", code)
end

local function quoted(text)
  return '"' .. text:gsub("[\\\"]", "\\%0"):gsub("\n", "\\n"):gsub("\r", "") .. '"'
end

--- The text of some inlines as a string of Typst's.
local function quoted_text(inlines)
  return quoted(plain(stringify(inlines)))
end

--- Values as an array of Typst's, which with one element needs the comma too.
local function array(values)
  return "(" .. table.concat(values, ",") .. (#values > 0 and ",)" or ")")
end

--- A place that links lead to, in a line of text.
local function anchor(id)
  return "#text-anchor(" .. quoted(id) .. ");"
end

--- The first arguments of a call: the id of an element, where it has one.
local function id_argument(element)
  return element.identifier ~= "" and "id: " .. quoted(element.identifier) .. ", " or ""
end

-- Long words --------------------------------------------------------------------------------

local function has_long_word(text, length)
  return text:find(("[!-~]"):rep(length)) ~= nil
end

--- A filter that lets words be cut that are longer than a line can be expected to hold.
local function cutter(length)
  return {
    Str = function(word)
      if #word.text < length or not has_long_word(word.text, length) then return nil end
      return raw("#long-word(" .. quoted(word.text) .. ");")
    end,
  }
end

-- Pictures ----------------------------------------------------------------------------------

--- A length of an attribute; a bare number is pixels, of which 96 make an inch, as on the web.
local function length(value)
  local number, unit = (value or ""):match("^%s*([%d.]+)%s*(%a*%%?)%s*$")
  if not tonumber(number) then return nil end
  if unit == "" or unit == "px" then return ("%.2fpt"):format(tonumber(number) * 0.75) end
  return UNITS[unit] and number .. unit or nil
end

--- The call that draws an image; one without a text is an ornament, of which nothing is told.
local function picture(image)
  local alt = image.attributes.alt and quoted(image.attributes.alt) or quoted_text(image.caption)
  local file = quoted("/" .. image.src)
  local drawing = alt == '""' and "pdf.artifact(image(" .. file .. "))"
    or "image(" .. file .. ", alt: " .. alt .. ")"
  local arguments = pandoc.List {drawing}
  for _, side in ipairs {"width", "height"} do
    local value = length(image.attributes[side])
    if value then arguments:insert(side .. ": " .. value) end
  end
  local place = image.identifier ~= "" and anchor(image.identifier) or ""
  return raw("#inline-picture(" .. table.concat(arguments, ", ") .. ");" .. place)
end

--- The same picture as one that stands alone; nil for anything else.
local function alone(inline)
  if inline.t ~= "RawInline" or not inline.text:find("^#inline%-picture") then return nil end
  return raw((inline.text:gsub("^#inline%-", "#block-")))
end

local PICTURES_ALONE = {
  Para = function(paragraph)
    local picture_alone = #paragraph.content == 1 and alone(paragraph.content[1])
    return picture_alone and pandoc.Plain {picture_alone} or nil
  end,
}

-- Inlines -----------------------------------------------------------------------------------

--- The call that sets the language and the direction of what follows, nil where it has none.
local function language_call(element, name)
  local arguments = pandoc.List {}
  local tag, direction = element.attributes.lang or "", element.attributes.dir
  -- Typst wants the language and the region of a BCP 47 tag apart.
  local language, region = tag:match("^(%a%a%a?)%f[%A]"), tag:match("%-(%a%a)%f[%A]")
  if language then arguments:insert("lang: " .. quoted(language:lower())) end
  if language and region then arguments:insert("region: " .. quoted(region:upper())) end
  if direction == "rtl" or direction == "ltr" then arguments:insert("dir: " .. direction) end
  return #arguments > 0 and "#" .. name .. "(" .. table.concat(arguments, ", ") .. ")[" or nil
end

local function formula(math)
  return pandoc.Inlines {raw("#math-formula(" .. quoted(math.text) .. ")["), math, raw "];"}
end

--- A numbered formula: the formula, and after it the number.
local function equation(span)
  local number = stringify(span.content:remove())
  local call = "#numbered-formula(" .. id_argument(span) .. quoted(number) .. ")["
  return pandoc.Inlines {raw(call)} .. span.content .. {raw "];"}
end

local SPANS = {
  ["caption-label"] = "#caption-label[",
  credit = "#picture-credit[",
}

local function span_call(span)
  for _, class in ipairs(span.classes) do
    if SPANS[class] then return SPANS[class] end
  end
  return language_call(span, "text")
end

local inlines = {}

function inlines.Math(math)
  return formula(math)
end

function inlines.Span(span)
  local class = span.classes[1]
  if class == "header-section-number" or class == "equation-number" then return nil end
  if class == "equation" then return equation(span) end
  local place = span.identifier ~= "" and pandoc.Inlines {raw(anchor(span.identifier))}
    or pandoc.Inlines {}
  local call = span_call(span)
  return call and place .. {raw(call)} .. span.content .. {raw "];"} or place .. span.content
end

function inlines.Link(link)
  if not link.target:find(PLACEHOLDER) then return nil end
  return pandoc.Inlines {raw("#link(" .. link.target .. ")[")} .. link.content .. {raw "];"}
end

function inlines.Code(code)
  local is_short = #code.text < LONG_CODE
  if is_short and #code.classes == 0 and code.identifier == "" then return nil end
  local place = code.identifier ~= "" and anchor(code.identifier) or ""
  if is_short then return {raw(place), pandoc.Code(code.text)} end
  return raw(place .. "#long-code(" .. quoted(code.text) .. ");")
end

-- Headings ----------------------------------------------------------------------------------

--- Split the number that the chapters' reader put before a title from the title.
local function split_number(content)
  local first = content[1]
  local has_number = first and first.t == "Span"
    and first.classes:includes "header-section-number"
  if not has_number then return nil, content end
  content:remove(1)
  if content[1] and content[1].t == "Space" then content:remove(1) end
  return stringify(first), content
end

local PLAIN = {Str = true, Space = true, SoftBreak = true, Code = true}

--- Take the other ids from a title, which stands in the contents again, and its footnotes.
local function split_title(content)
  local ids, notes = pandoc.List {}, pandoc.Inlines {}
  if not content:find_if(function(inline) return not PLAIN[inline.t] end) then
    return ids, notes, content
  end
  local title = content:walk {
    RawInline = function(inline)
      local id = inline.text:match('^#text%-anchor%((".*")%);$')
      if not id then return nil end
      ids:insert(id)
      return {}
    end,
    Note = function(note)
      notes:insert(note)
      return {}
    end,
  }
  return ids, notes, title
end

local blocks = {}

function blocks.Header(header)
  local number, content = split_number(header.content)
  local ids, notes, title = split_title(content)
  local call = ("#book-section(base + %d, %d, %s, %s, %s, %s, ["):format(
    header.level, header.level, number and quoted(number) or "none",
    quoted_text(title), quoted(header.identifier), array(ids)
  )
  title:insert(1, raw "])[")
  title:insert(raw "];")
  notes:insert(1, raw(call))
  return pandoc.Plain(notes .. title)
end

-- Listings ----------------------------------------------------------------------------------

--- How many columns a line takes; Chinese, Japanese and Korean letters take two.
local function columns(line)
  if not line:find("[\x80-\xff]") then return #line end
  local count = 0
  for _, letter in utf8.codes(line) do
    count = count + (letter >= 0x2E80 and 2 or 1)
  end
  return count
end

--- The numbers of an attribute such as `3 5 6`.
local function numbers(text)
  local found = {}
  for number in (text or ""):gmatch("%d+") do found[#found + 1] = number end
  return found
end

--- The pairs of an attribute such as `2:1 5:2`.
local function pairs_of(text)
  local found = {}
  for line, mark in (text or ""):gmatch("(%d+):(%d+)") do
    found[#found + 1] = "(" .. line .. "," .. mark .. ")"
  end
  return found
end

--- The arguments that say what is special about a listing; most have none.
local function listing_options(code, plain)
  local options, long, widest = pandoc.List {}, {}, 0
  for number, line in ipairs(plain) do
    local width = columns(line)
    widest = math.max(widest, width)
    if width > NARROWEST then
      long[#long + 1] = ("(%d,%d,%d)"):format(number, width, #line:match("^ *"))
    end
  end
  options:insert("width: " .. widest)
  if #long > 0 then options:insert("long: " .. array(long)) end
  if is_numbered(code) then
    options:insert("start: " .. (tonumber(code.attributes.startFrom) or 1))
  end
  for _, name in ipairs {"highlight", "added", "removed"} do
    local found = numbers(code.attributes["data-" .. name])
    if #found > 0 then options:insert(name .. ": " .. array(found)) end
  end
  local marks = pairs_of(code.attributes["data-marks"])
  if #marks > 0 then options:insert("marks: " .. array(marks)) end
  return options
end

local function plain_lines(code)
  local lines = pandoc.List {}
  for line in (highlight.text(code) .. "\n"):gmatch("(.-)\n") do lines:insert(line) end
  return lines
end

--- The call that prints some code, but for its lines, which are filled in when all are known.
local function code_block(codes)
  return function(code)
    local options = listing_options(code, plain_lines(code))
    local arguments = id_argument(code) .. table.concat(options, ", ") .. ", "
    return raw_block("#code-listing(" .. arguments .. highlight.put_aside(code, codes) .. ")")
  end
end

--- The lines of some code as an array, in colours where it has them.
local function coloured_lines(code, colours)
  return highlight.typst(code, colours) or array(plain_lines(code):map(function(line)
    return line == "" and "[]" or "[#" .. quoted(line) .. ";]"
  end))
end

-- Divisions ---------------------------------------------------------------------------------

--- Take the first block from a division, if it is one of a class.
local function take(div, class)
  local first = div.content[1]
  if not first or first.t ~= "Div" or not first.classes:includes(class) then return nil end
  div.content:remove(1)
  return blocks_to_inlines(first.content)
end

--- `name: […], ` for what was taken, nothing for nothing.
local function content_argument(name, content)
  if not content then return pandoc.Inlines {} end
  return pandoc.Inlines {raw(name .. ": [")} .. content .. {raw "], "}
end

--- A call with the content of a division as its last argument.
local function wrap(head, content)
  return pandoc.Blocks {pandoc.Plain(head)} .. content .. {raw_block "]"}
end

local function titled(call, kind)
  return function(div)
    local title = take(div, "title") or pandoc.Inlines {}
    local arguments = id_argument(div) .. (kind and quoted(kind) .. ", " or "")
    local head = pandoc.Inlines {raw("#" .. call .. "(" .. arguments .. "[")}
    return wrap(head .. title .. {raw "])["}, div.content)
  end
end

local function simple(call)
  return function(div)
    return wrap({raw("#" .. call .. "(" .. id_argument(div) .. ")[")}, div.content)
  end
end

--- Take the arguments of the listing that a division begins with, nil where it does not.
local function take_code(div)
  local block = div.content[1]
  local arguments = block and block.t == "RawBlock" and block.text:match("^#code%-listing%((.*)%)$")
  if not arguments then return nil end
  div.content:remove(1)
  return raw(arguments)
end

local function listing(div)
  local caption, source, code = take(div, "caption"), take(div, "source"), take_code(div)
  if not code then return nil end
  local head = pandoc.Inlines {raw("#code-listing(" .. id_argument(div))}
    .. content_argument("caption", caption) .. content_argument("source", source)
    .. {raw(div.classes:includes "output" and "output: true, " or ""), code, raw ")"}
  return pandoc.Blocks {pandoc.Plain(head)} .. div.content
end

--- The code before or after a change, as an argument of the call that compares.
local function compared(div)
  if not div or div.t ~= "Div" then return nil end
  local source, code = take(div, "source"), take_code(div)
  if not code then return nil end
  return pandoc.Inlines {raw "arguments("} .. content_argument("source", source)
    .. {code, raw "), "}
end

local function comparison(div)
  local caption = take(div, "caption")
  local before, after = compared(div.content[1]), compared(div.content[2])
  if not (before and after) then return nil end
  local head = pandoc.Inlines {raw("#code-comparison(" .. id_argument(div))}
    .. content_argument("caption", caption) .. before .. after .. {raw ")"}
  return pandoc.Blocks {pandoc.Plain(head)}
end

local DIVISIONS = {
  listing = listing,
  comparison = comparison,
  annotations = simple "annotation-list",
  tabs = simple "tab-group",
  tab = titled "tab-panel",
  details = titled "book-details",
  references = simple "reference-list",
  ["csl-entry"] = simple "reference-entry",
}
for _, kind in ipairs {"note", "tip", "important", "warning", "caution"} do
  DIVISIONS[kind] = titled("book-callout", kind)
end

-- These wait for what they are in.
local PARTS = {title = true, caption = true, source = true, before = true, after = true}

local function place_before(div, content)
  if div.identifier == "" then return content end
  return pandoc.Blocks {raw_block(anchor(div.identifier))} .. content
end

function blocks.Div(div)
  for _, class in ipairs(div.classes) do
    if PARTS[class] then return nil end
    local written = DIVISIONS[class] and DIVISIONS[class](div)
    if written then return written end
  end
  local call = language_call(div, "foreign-block")
  return place_before(div, call and wrap({raw(call)}, div.content) or div.content)
end

-- Figures, tables, definitions --------------------------------------------------------------

local function caption_of(element)
  local content = blocks_to_inlines(element.caption.long)
  return #content > 0 and content or nil
end

function blocks.Figure(figure)
  local content = figure.content:walk {RawInline = alone}
  local head = pandoc.Inlines {raw("#book-figure(" .. id_argument(figure))}
    .. content_argument("caption", caption_of(figure)) .. {raw ")["}
  return wrap(head, content)
end

local function strong_head(tbl)
  tbl.head.rows = tbl.head.rows:map(function(row)
    row.cells = row.cells:map(function(cell)
      cell.contents = cell.contents:walk {
        Plain = function(plain) return pandoc.Plain {pandoc.Strong(plain.content)} end,
      }
      return cell
    end)
    return row
  end)
end

local function rows_of(tbl)
  local count = 0
  for _, body in ipairs(tbl.bodies) do count = count + #body.body end
  return count
end

function blocks.Table(tbl)
  local is_wide = tbl.classes:includes "wide"
  -- How wide it is can only be seen while its columns take what they need.
  if is_wide then tbl.colspecs = tbl.colspecs:map(function(column) return {column[1]} end) end
  local head = pandoc.Inlines {raw("#book-table(" .. id_argument(tbl))}
    .. content_argument("caption", caption_of(tbl))
    .. {raw((is_wide and "wide: " .. #tbl.colspecs .. ", " or "") .. "rows: " .. rows_of(tbl) .. ")[")}
  tbl.caption, tbl.identifier, tbl.classes = pandoc.Caption {}, "", {"typst:no-figure"}
  strong_head(tbl)
  if has_long_word(stringify(tbl), LONG_IN_TABLE) then tbl = tbl:walk(cutter(LONG_IN_TABLE)) end
  return wrap(head, pandoc.Blocks {tbl})
end

local BOXES = {["☐"] = true, ["☒"] = true}

function blocks.BulletList(list)
  local first = list.content[1] and list.content[1][1]
  local mark = first and first.content and first.content[1]
  if not mark or mark.t ~= "Str" or not BOXES[mark.text] then return nil end
  return {raw_block "#task-list[", list, raw_block "]"}
end

--- The writer would join the paragraphs of a definition.
function blocks.DefinitionList(list)
  local result = pandoc.Blocks {}
  for _, item in ipairs(list.content) do
    result:insert(pandoc.Plain(pandoc.Inlines {raw "#terms.item(["} .. item[1] .. {raw "])["}))
    for _, definition in ipairs(item[2]) do
      for _, block in ipairs(definition) do
        result:insert(block.t == "Plain" and pandoc.Para(block.content) or block)
      end
    end
    result:insert(raw_block "]")
  end
  return result
end

--- A copy of some filters with some more.
local function with(filters, more)
  local all = {}
  for name, filter in pairs(filters) do all[name] = filter end
  for name, filter in pairs(more) do all[name] = filter end
  return all
end

return function(doc, context)
  local has_pictures, codes = false, pandoc.List {}
  local first = with(inlines, {
    Image = function(image)
      has_pictures = true
      return picture(image)
    end,
  })
  local prepared = doc:walk(first)
  if has_pictures then prepared = prepared:walk(PICTURES_ALONE) end
  prepared = prepared:walk(with(blocks, {CodeBlock = code_block(codes)}))
  -- Words are most of a text, and calling Lua for each is dear: only where one is too long. What
  -- was long in code is a call by now, and the titles have been told in words.
  if has_long_word(stringify(prepared), LONG) then prepared = prepared:walk(cutter(LONG)) end
  local text = pandoc.write(prepared, "typst", OPTIONS)
  return highlight.fill_in(text, codes, context.colours, function(code)
    return coloured_lines(code, context.colours)
  end)
end
