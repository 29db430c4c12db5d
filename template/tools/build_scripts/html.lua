-- The text of a chapter as HTML that is well-formed XML: the website and the EPUB are made of it.
--
-- Usage: html(doc, context) returns the text. doc is a pandoc.Pandoc as chapter.lua makes it;
-- context is {words = {Output = …}, chapter = {prefix = …}, colours = {}}; highlight.lua fills the
-- last, for the other formats too.
--
-- Pandoc writes it, but for code; and what its writer cannot be told is done to the text
-- afterwards: a walk over the document costs ten times as much. It is safe, because in what pandoc
-- writes every "<" begins a tag, and every ">" that is part of an attribute is escaped.

local HERE = pandoc.path.directory(arg[0])
local highlight = dofile(pandoc.path.join {HERE, "highlight.lua"})
local is_numbered = dofile(pandoc.path.join {HERE, "blocks.lua"}).is_numbered

local OPTIONS = {html_math_method = "mathml", wrap_text = "none"}

local function attribute(attributes, name)
  return attributes:match(" " .. name:gsub("%-", "%%-") .. '="([^"]*)"')
end

local function classes(attributes)
  local found = {}
  for class in (attribute(attributes, "class") or ""):gmatch("%S+") do found[class] = true end
  return found
end

local function escape(text)
  return (text:gsub('[&<>"]', {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;"}))
end

-- Code --------------------------------------------------------------------------------------

-- What a line of code can be, and the element that says so to a screen reader too.
local KINDS = {
  {attribute = "data-removed", element = "del"},
  {attribute = "data-added", element = "ins"},
  {attribute = "data-highlight", element = "mark"},
}

--- What happens to which line: {elements = {line -> element}, marks = {line -> {number, …}}}.
local function marked_lines(attributes)
  local elements, marks = {}, {}
  for _, kind in ipairs(KINDS) do
    for line in (attributes[kind.attribute] or ""):gmatch("%d+") do
      elements[tonumber(line)] = elements[tonumber(line)] or kind.element
    end
  end
  for line, number in (attributes["data-marks"] or ""):gmatch("(%d+):(%d+)") do
    local place = tonumber(line)
    marks[place] = (marks[place] or "") .. '<b class="callout-mark">' .. number .. "</b>"
  end
  return elements, marks
end

--- Put every line that is numbered or marked into an element of its own.
local function finish_lines(text, attributes, numbered)
  local elements, marks = marked_lines(attributes)
  if not numbered and not next(elements) and not next(marks) then return text end
  local number = 0
  return (text:gsub("([^\n]*)(\n?)", function(line, ending)
    if line == "" and ending == "" then return nil end
    number = number + 1
    local element = elements[number] or (numbered and "span")
    local whole = line .. (marks[number] or "")
    if not element then return whole .. ending end
    return ("<%s class=\"line\">%s</%s>%s"):format(element, whole, element, ending)
  end))
end

--- Where the counter of lines begins, when that is not at the first.
local function counter(code)
  local first = tonumber(code.attributes.startFrom) or 1
  return first ~= 1 and (' style="counter-reset: source-line %d;"'):format(first - 1) or ""
end

local function code_block(code, colours)
  local id, language, numbered = code.identifier, code.attributes["data-language"], is_numbered(code)
  local lines = highlight.html(code, colours) or escape(highlight.text(code))
  return table.concat {
    '<div class="code', numbered and " numbered" or "", '"',
    id ~= "" and (' id="%s"'):format(escape(id)) or "", '><pre tabindex="0" dir="ltr"><code',
    language and (' class="language-%s"'):format(escape(language)) or "",
    numbered and counter(code) or "", ">",
    finish_lines(lines, code.attributes, numbered), "</code></pre></div>",
  }
end

-- Divs --------------------------------------------------------------------------------------

local function figure(attributes)
  return ("<figure%s>"):format(attributes), "figure"
end

local function callout(attributes)
  return ('<div%s role="note">'):format((attributes:gsub('class="', 'class="callout ', 1))), "div"
end

local function labelled(word)
  return function(attributes, _, words)
    return ('<div%s>\n<p class="label">%s</p>'):format(attributes, escape(words[word])), "div"
  end
end

--- What each class is that is more than a <div>: returns how the element begins, and its name.
local DIVS = {
  after = labelled "After",
  before = labelled "Before",
  caption = function(_, parent)
    if parent == "figure" then return "<figcaption>", "figcaption" end
  end,
  caution = callout,
  comparison = figure,
  details = function(attributes) return ("<details%s>"):format(attributes), "details" end,
  important = callout,
  listing = function(attributes, _, words, has_caption)
    local opening, name = figure(attributes)
    -- What a program prints says so, unless a caption says more.
    if has_caption or not classes(attributes).output then
      return opening, name
    end
    return ('%s\n<p class="label">%s</p>'):format(opening, escape(words.Output)), name
  end,
  note = callout,
  tip = callout,
  title = function(_, parent)
    if parent == "details" then return "<summary>", "summary" end
  end,
  warning = callout,
}

local function open_div(attributes, ...)
  for class in (attribute(attributes, "class") or ""):gmatch("%S+") do
    if DIVS[class] then
      local opening, name = DIVS[class](attributes, ...)
      if opening then return opening, name end
    end
  end
  return "<div" .. attributes .. ">", "div"
end

--- Write every div as the element that it means. They nest, so the open ones are kept on a stack.
local function finish_divs(html, words)
  local open = {}
  return (html:gsub("<(/?)div([^>]*)>()", function(slash, attributes, place)
    if slash == "/" then return ("</%s>"):format(table.remove(open)) end
    local has_caption = html:find('^\n<div class="caption">', place) ~= nil
    local opening, name = open_div(attributes, open[#open], words, has_caption)
    open[#open + 1] = name
    return opening
  end))
end

-- Everything else ---------------------------------------------------------------------------

--- Give a heading a link to itself, for readers who want to share it.
local function finish_headings(html, words)
  local anchor = '%%1 <a href="#%%2" class="anchor" aria-label="%s"></a></h%%3>'
  local link = anchor:format((escape(words.LinkHere):gsub("%%", "%%%%")))
  return (html:gsub('(<h[2-6][^>]* id="([^"]*)".-)</h([2-6])>', link))
end

--- Let a wide table scroll by itself, also by keyboard, and say what it is that scrolls.
local function finish_tables(html, context)
  if not html:find("<table", 1, true) then return html end
  local before = '<div class="table%s" tabindex="0" role="group" %s><table%s>'
  local captions, used = {}, 0
  local finished = html:gsub("<(/?)table([^>]*)>()", function(slash, attributes, place)
    if slash == "/" then return "</table></div>" end
    local label = ('aria-label="%s"'):format(escape(context.words.Table))
    if html:find("^\n<caption>", place) then
      local unnamed = ("%stable-%d"):format(context.chapter.prefix, #captions + 1)
      captions[#captions + 1] = (attribute(attributes, "id") or unnamed) .. "-caption"
      label = ('aria-labelledby="%s"'):format(captions[#captions])
    end
    return before:format(classes(attributes).wide and " wide" or "", label, attributes)
  end)
  if #captions == 0 then return finished end
  return (finished:gsub("<caption>", function()
    used = used + 1
    return ('<caption id="%s">'):format(captions[used])
  end))
end

local function finish_images(html)
  return (html:gsub("<img (.-) ?/>", function(attributes)
    -- Without the attribute a screen reader spells the file name.
    local alt = (" " .. attributes):find(" alt=\"", 1, true) and "" or ' alt=""'
    return ("<img %s%s loading=\"lazy\" />"):format(attributes, alt)
  end))
end

--- Give footnotes ids of the chapter: on the page for printing all chapters stand together.
local function finish_notes(html, prefix)
  local place = html:find('<section id="footnotes"', 1, true)
  if not place then return html end
  local safe = prefix:gsub("%%", "%%%%")
  local text = html:sub(1, place - 1):gsub(
    '<a href="#(fn%d+)" class="footnote%-ref" id="',
    ('<a href="#%s%%1" class="footnote-ref" id="%s'):format(safe, safe)
  )
  local notes = html:sub(place)
    :gsub('^<section id="', "%0" .. safe)
    :gsub('<li id="fn', ('<li id="%sfn'):format(safe))
    :gsub('<a href="#fnref', ('<a href="#%sfnref'):format(safe))
  return text .. notes
end

--- Where an index entry stands is its id; what it says is in the index.
local function finish_index_places(html)
  if not html:find(' data-entry="', 1, true) then return html end
  return (html:gsub('(<span [^>]*) data%-entry="[^"]*"', "%1"))
end

return function(doc, context)
  local codes = pandoc.List {}
  local prepared = doc:walk {
    CodeBlock = function(code)
      return pandoc.RawBlock("html", highlight.put_aside(code, codes))
    end,
  }
  local html = pandoc.write(prepared, "html", OPTIONS)
  html = finish_divs(html, context.words)
  html = finish_headings(html, context.words)
  html = finish_tables(html, context)
  html = finish_images(html)
  html = finish_notes(html, context.chapter.prefix)
  html = finish_index_places(html)
  return highlight.fill_in(html, codes, context.colours, function(code)
    return code_block(code, context.colours)
  end)
end
