-- What the engine does to a chapter, for tests of the writers alone: read it, and write fragments.
--
-- Chapters are written as the document the writers get: fenced divs, bracketed spans.
-- Input:  {"format": …, "writers": {"html": path or nil, "markdown": path}, "words": {…}, "jobs": [{chapter, text}]}
-- Output: one line for each job: {"html": …, "markdown": …, "report": …}.

local stringify = pandoc.utils.stringify

local function placeholder(kind, list) return "\u{FDD0}" .. kind .. #list - 1 .. "\u{FDD1}" end

--- Titles and captions are no paragraphs, but for those of callouts.
local function plain_titles(div)
  local is_holder = div.classes:includes("tab") or div.classes:includes("details")
  local wanted = {title = is_holder, caption = true, source = true}
  div.content = div.content:map(function(block)
    local class = block.t == "Div" and block.classes[1]
    if class and wanted[class] then
      block.content = {pandoc.Plain(block.content[1].content)}
    end
    return block
  end)
  return div
end

--- A figure is written as a div whose last paragraph is its caption.
local function figure(div)
  if not div.classes:includes("figure") then return plain_titles(div) end
  local content = div.content:map(function(block)
    return block.t == "Para" and pandoc.Plain(block.content) or block
  end)
  local caption = content:remove(#content)
  return pandoc.Figure(content, {long = {caption}}, pandoc.Attr(div.identifier))
end

local function report_of(doc)
  local report = {
    ids = pandoc.List {}, aliases = pandoc.List {}, headings = pandoc.List {},
    links = pandoc.List {}, images = pandoc.List {}, extra_titles = pandoc.List {},
    includes = pandoc.List {}, misread = pandoc.List {}, messages = pandoc.List {},
    empty = #doc.blocks == 0, index_entries = pandoc.List {}, references = pandoc.List {},
  }
  local function identified(element)
    if element.identifier ~= "" then
      report.ids:insert {id = element.identifier, written = element.identifier, explicit = true}
    end
  end
  local done = doc:walk {
    traverse = "topdown",
    CodeBlock = identified,
    Div = identified,
    Figure = identified,
    Header = function(header)
      identified(header)
      local number = nil
      header.content:walk {
        Span = function(span)
          if span.classes:includes("header-section-number") then number = stringify(span) end
        end,
      }
      report.headings:insert {
        id = header.identifier, level = header.level, text = stringify(header.content:walk {
          Note = function() return {} end,
          Span = function(span)
            if span.classes:includes("header-section-number") then return {} end
          end,
        }):gsub("^%s+", ""), number = number,
      }
    end,
    Image = function(image)
      local path = image.src:gsub("%%20", " ")
      report.images:insert {
        written = image.src, path = path, remote = false, alt = stringify(image.caption),
      }
      image.src = placeholder("I", report.images)
      return image
    end,
    Link = function(link)
      local id = link.target:match("^#(.+)$")
      if not id then return nil end
      report.links:insert {written = link.target, id = id}
      link.target = placeholder("L", report.links)
      return link
    end,
    Span = function(span)
      identified(span)
      if span.attributes.entry then
        report.index_entries:insert {id = span.identifier, entry = span.attributes.entry}
      end
    end,
    Table = identified,
  }
  return done, report
end

local input = pandoc.json.decode(io.read("a"), false)
local html, markdown = dofile(input.writers.html), dofile(input.writers.markdown)
for _, job in ipairs(input.jobs) do
  local doc, report = report_of(pandoc.read(job.text, input.format):walk {Div = figure})
  local context = {words = input.words, chapter = job.chapter}
  local answer = {
    html = html(doc, context), markdown = markdown(doc, context), report = report,
  }
  io.write(pandoc.json.encode(answer), "\n")
end
