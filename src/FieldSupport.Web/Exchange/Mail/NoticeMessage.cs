using System.Text;
using System.Text.Encodings.Web;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Data;
using MimeKit;

namespace FieldSupport.Web.Exchange.Mail;

/// <summary>
/// One mail to one person, with one notice or several: plain text, and the same as simple HTML. A function of the rows: made again, it is
/// the same mail.
/// </summary>
public sealed class NoticeMessage(string from, NoticeLinks links)
{
    private readonly MailboxAddress _from = MailboxAddress.Parse(from);

    /// <param name="overtaken">Earlier notices of the same delivery that this one overtook before they could go; said in it.</param>
    /// <exception cref="MailRefusedException">The row has no address that can be written to.</exception>
    public MimeMessage Of(Notice notice, IReadOnlyList<Notice>? overtaken = null) =>
        Build(notice, notice.MessageId, notice.QueuedAtUtc, notice.Subject, Said(notice, overtaken ?? []) + Answer(notice));

    /// <summary>Several in one mail, the most severe first; each with its own link.</summary>
    /// <param name="together">At least one, all to the same person.</param>
    public MimeMessage Of(IReadOnlyList<Notice> together, ILookup<Guid, Notice> overtaken)
    {
        ArgumentNullException.ThrowIfNull(together);
        if (together is [var single] && (single.BundleId ?? single.MessageId) == single.MessageId) return Of(single, [.. overtaken[single.Id]]);
        var sorted = together.OrderByDescending(n => Rank(n.Severity)).ThenBy(n => n.QueuedAtUtc).ThenBy(n => n.Id).ToList();
        var deliveries = sorted.Select(n => n.DeliveryNumber).Distinct().ToList();
        var worst = sorted[0].Severity is "CRITICAL" or "HIGH" ? $"[{sorted[0].Severity}] " : "";
        var text = new StringBuilder().Append(sorted.Count).Append(" notices in one mail, the most urgent first. All of them with one button: ").Append(links.Centre).Append('\n');
        for (var i = 0; i < sorted.Count; i++)
        {
            text.Append('\n').Append('-', 60).Append('\n').Append(i + 1).Append(" of ").Append(sorted.Count).Append(": ").Append(OneLine(sorted[i].Subject))
                .Append("\n\n").Append(Said(sorted[i], [.. overtaken[sorted[i].Id]]).Trim('\n')).Append('\n').Append(Answer(sorted[i]));
        }
        var named = string.Join(", ", deliveries.Take(3)) + (deliveries.Count > 3 ? $" and {deliveries.Count - 3} more" : "");
        return Build(sorted[0], sorted[0].BundleId!, sorted.Max(n => n.QueuedAtUtc), $"{worst}{sorted.Count} notices: {named}", text.ToString());
    }

    private MimeMessage Build(Notice notice, string messageId, DateTimeOffset date, string subject, string text)
    {
        var mail = new MimeMessage { MessageId = messageId.Trim('<', '>'), Date = date.ToUniversalTime(), Subject = OneLine(subject) };
        mail.From.Add(_from);
        foreach (var address in (notice.Addresses ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Parsed as one mailbox, never as a list or a header: a line break or a second address in it is a refusal.
            if (address.Any(char.IsControl) || !MailboxAddress.TryParse(address, out var mailbox) || !mailbox.Address.Contains('@', StringComparison.Ordinal))
                throw new MailRefusedException($"'{OneLine(address)}' is not a mail address.", forGood: true);
            mail.To.Add(mailbox);
        }
        if (mail.To.Count == 0) throw new MailRefusedException($"Nobody stands behind {notice.Recipient}: no address.", forGood: true);
        if (WireName.Parse<Severity>(notice.Severity) is Severity.Critical or Severity.High) mail.Importance = MessageImportance.High;
        mail.Headers.Add("Auto-Submitted", "auto-generated");

        var body = new MultipartAlternative { new TextPart("plain") { Text = text }, new TextPart("html") { Text = Html(subject, text) } };
        body.Boundary = "=_" + FolderPost.FileNameOf(messageId)[..32];
        mail.Body = body;
        return mail;
    }

    private string Answer(Notice notice) => notice.LinkHash is null ? "" :
        $"\nI have it (opens a page with a button{(notice.Severity is "CRITICAL" or "HIGH" ? "; if nobody answers in time, the next level is told" : "")}): {links.AddressFor(notice.MessageId)}\n";

    private static string Said(Notice notice, IReadOnlyList<Notice> overtaken) => overtaken.Count == 0 ? notice.Body :
        $"Overtaken and never sent to you: {string.Join(", ", overtaken.OrderBy(n => n.QueuedAtUtc).ThenBy(n => n.Id).Select(n => $"{n.Rung} of {n.QueuedAtUtc.ToUniversalTime():yyyy-MM-dd HH:mm} UTC"))}. What it said is part of this.\n\n{notice.Body}";

    private static int Rank(string? severity) => WireName.Parse<Severity>(severity) switch
    {
        Severity.Critical => 4, Severity.High => 3, Severity.Medium => 2, null => 0, _ => 1,
    };

    private static string Html(string subject, string text)
    {
        var encode = HtmlEncoder.Default;
        var html = new StringBuilder("<!doctype html>\n<html lang=\"en-US\"><head><meta charset=\"utf-8\"><title>")
            .Append(encode.Encode(OneLine(subject))).Append("</title></head>\n<body style=\"font-family:sans-serif;line-height:1.4\">\n");
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
            html.Append("<p>").AppendJoin("<br>\n", paragraph.Trim('\n').Split('\n').Select(Line)).Append("</p>\n");
        return html.Append("</body></html>\n").ToString();

        string Line(string line)
        {
            var at = line.IndexOf("http", StringComparison.Ordinal);
            return at >= 0 && Uri.TryCreate(line[at..], UriKind.Absolute, out var link) && link.Scheme is "http" or "https"
                ? $"{encode.Encode(line[..at])}<a href=\"{encode.Encode(link.AbsoluteUri)}\">{encode.Encode(line[at..])}</a>"
                : encode.Encode(line);
        }
    }

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
}
