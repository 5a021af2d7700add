using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Access;
using FieldSupport.Web.Ui;
using Microsoft.AspNetCore.Html;

namespace FieldSupport.Web.Features.Deliveries;

/// <summary>
/// One row of a list of deliveries. Written here and not in a view: a list draws fifty, and a partial with a dozen tag helpers for each took twice as long
/// as everything else on the page together. Every text is encoded by <see cref="Markup"/>.
/// </summary>
public sealed class DeliveryRowMarkup(Glyph glyph, CurrentUser user)
{
    public IHtmlContent Draw(DeliveryLine line) => line.Drawn.Content ??= Written(line);

    private IHtmlContent Written(DeliveryLine line)
    {
        var (row, now, zone) = (line.Row, line.Now, line.Row.Zone);
        var isBroken = row.PromiseBrokenAtUtc is not null && row.IsOpen;
        var markup = new Markup().Open("tr", ("data-tone", isBroken ? "late" : Tones.ToneOf(row.Outlook)), ("data-fs-row", true), ("id", $"d-{row.Number}"));
        State(markup, row, now, zone, isBroken);
        Practice(markup, line);
        NeedBy(markup, row, now, zone);
        Ahead(markup, line, zone);
        Acts(markup, line);
        return markup.Done();
    }

    private void State(Markup markup, DeliveryRow row, DateTimeOffset now, TimeZoneInfo zone, bool isBroken)
    {
        markup.Open("td");
        if (isBroken)
        {
            StateTagHelper.Draw(markup, glyph, "PromiseBroken", $"Promise broken, {When.Span(now - (row.PromisedByUtc ?? row.PromiseBrokenAtUtc!.Value))}");
            markup.Void("br");
        }
        StateTagHelper.Draw(markup, glyph, row.Outlook, row.Outlook is null ? "Not looked at yet" : DeliveryWords.State(StateFacts.Of(row), now));
        if (row.IsPutAside(now) && row.IsOpen) Muted(markup.Void("br"), $"Put aside until {When.Absolute(row.SnoozedUntilUtc!.Value, now, zone)}");
        if (row.IsBeingChased(now)) Muted(markup.Void("br"), $"Being chased, promised by {When.Absolute(row.PromisedByUtc!.Value, now, zone)}");
        markup.Close();
    }

    private void Practice(Markup markup, DeliveryLine line)
    {
        var row = line.Row;
        var visit = row.VisitOn is { } on ? $"Visit {When.Day(on)}" : row.Number;
        var number = row.IsParcel || row.IsOrder ? row.Number : visit;
        var about = line.IsWithinPractice ? row.IsParcel ? row.Order : row.IsOrder ? "still to ship" : "no order yet"
            : row.IsParcel ? row.Order is null ? row.Number : $"{row.Number} · {row.Order}" : row.IsOrder ? row.Number : visit;
        string?[] parts = [about, DeliveryWords.Packs(row.Ndc, row.Packs, row.Lines), row.Kind == DeliveryKind.Kit ? "education kit" : null];
        var name = line.IsWithinPractice ? number : row.Practice;
        markup.Open("td");
        // A link that is one only for who may open its page.
        if (user.May(row.IsOrder ? Permission.ReadOrders : Permission.ReadDeliveries)) markup.Element("a", name, ("class", "fs-cell-main"), ("href", row.Address));
        else markup.Element("span", name, ("class", "fs-cell-main"));
        Muted(markup.Void("br"), string.Join(" · ", parts.Where(p => !string.IsNullOrEmpty(p)))).Close();
    }

    private static void NeedBy(Markup markup, DeliveryRow row, DateTimeOffset now, TimeZoneInfo zone)
    {
        markup.Open("td", ("data-label", "Need-by")).Open("span");
        TimeTagHelper.Draw(markup, row.NeedByUtc, now, zone, "day", "no visit").Void("br").Open("span", ("class", "fs-muted"));
        if (row.DeliveredAtUtc is not null)
        {
            TimeTagHelper.Draw(markup.Text("arrived "), row.DeliveredAtUtc, now, zone, "day");
        }
        else if (row.EstimateUtc is not null)
        {
            TimeTagHelper.Draw(markup.Text("est. "), row.EstimateUtc, now, zone, "day");
            if (DeliveryWords.Source(row.EstimateSource, row.Carrier) is { } source) markup.Text($", {source}");
        }
        else if (row.IsParcel)
        {
            markup.Text("estimate unknown");
        }
        else if (row.MustShipByUtc is not null)
        {
            TimeTagHelper.Draw(markup.Text("ship by "), row.MustShipByUtc, now, zone, "day");
        }
        markup.Close().Close().Close();
    }

    private static void Ahead(Markup markup, DeliveryLine line, TimeZoneInfo zone)
    {
        var (row, now) = (line.Row, line.Now);
        markup.Open("td");
        if (row is { IsOpen: true, DeliveredAtUtc: null } && (row.NeedByUtc is not null || row.EstimateUtc is not null))
            new SlackBar { NeedBy = row.NeedByUtc, Estimate = row.EstimateUtc, Outlook = row.Outlook }.Draw(markup, now, zone).Void("br");
        markup.Open("span", ("class", "fs-muted"));
        foreach (var why in DeliveryWords.Why(row, now).Take(2)) markup.Text(why).Void("br");
        if (line.Rescue is { } rescue) markup.Element("strong", rescue.Words, ("class", "fs-tone"), ("data-tone", "risk")).Void("br");
        if (row.IsDueForALook(now)) markup.Text(row.AssessedAtUtc is { } at ? $"Checked {When.Absolute(at, now, zone)}, due for another look" : "Waiting for its first look");
        markup.Close().Close();
    }

    private void Acts(Markup markup, DeliveryLine line)
    {
        var row = line.Row;
        markup.Open("td", ("class", "fs-acts"));
        if (line.MayChase && row.IsOpen)
        {
            markup.Open("a", ("class", "btn btn-secondary btn-sm"), ("href", row.ChaseAddress), ("aria-label", $"Chase {row.Number}"))
                .Add(glyph.Draw("chase", 16)).Text("Chase").Close();
        }
        if (row.Phone is { Length: > 0 } phone)
        {
            markup.Open("a", ("class", "btn btn-quiet btn-sm"), ("href", DeliveryWords.Dial(phone)), ("aria-label", $"Call {row.Practice}, {phone}"))
                .Add(glyph.Draw("phone", 16)).Text("Call").Close();
        }
        markup.Close();
    }

    private static Markup Muted(Markup markup, string words) => markup.Element("span", words, ("class", "fs-muted"));
}
