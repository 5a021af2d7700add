using System.Globalization;
using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Features.Catalogue;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Features.Deliveries;
using FieldSupport.Web.Ui;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace FieldSupport.Web.Features.Portal;

/// <summary>A state in words for the practice, with the outlook whose tone and icon it wears.</summary>
public sealed record PlainState(string Words, string? Outlook);

/// <summary>What the practice reads: no severities, no codes, and "we don't know" where we do not (ui.md §3).</summary>
public static class PortalWords
{
    public static PlainState State(DeliveryFacts facts, Assessment answer) => answer.Outlook switch
    {
        _ when facts.Tracking.Milestone is Milestone.Recovered => new(Say.It("Found again: do not use"), "AtRisk"),
        Outlook.Late => new(Say.It("Will be late"), "Late"),
        Outlook.AtRisk when facts.PracticeSaysNotReceived || answer.Reasons.Contains(StallReason.DeliveredElsewhere) => new(Say.It("Delivered, but not to you"), "AtRisk"),
        Outlook.AtRisk when facts.HasOpenDiscrepancy => new(Say.It("Something was wrong with it"), "AtRisk"),
        Outlook.AtRisk => new(Say.It("Cutting it close"), "AtRisk"),
        Outlook.NoSignal => new(Say.It("We don't know"), "NoSignal"),
        Outlook.Watch when answer.SlackDays is null => new(Say.It("We don't know"), "NoSignal"),
        Outlook.Watch when answer.SlackDays >= 1 => new(Say.It("In time, we keep an eye on it"), "Watch"),
        Outlook.Watch => new(Say.It("Cutting it close"), "Watch"),
        Outlook.OnTrack when facts.Shape == DeliveryShape.UnshippedOrder => new(Say.It("Not shipped yet, time enough"), "OnTrack"),
        Outlook.OnTrack => new(Say.It("In time"), "OnTrack"),
        Outlook.Delivered => new(Say.It("Delivered, please confirm"), "Delivered"),
        Outlook.Received => new(Say.It("Received"), "Received"),
        Outlook.OnHold => new(facts.OpenHolds.OrderBy(h => h.SinceUtc).Select(h => HoldWords(h.Reason)).FirstOrDefault() ?? Say.It("On hold"), "OnHold"),
        _ when facts.Tracking.Milestone is Milestone.Cancelled => new(Say.It("Cancelled"), "Cancelled"),
        _ when facts.IsSuperseded => new(Say.It("Replaced by another parcel"), "Cancelled"),
        _ => new(Say.It("We don't know"), null),
    };

    /// <summary>Coverage is a matter of reimbursement and reads as a hold like any other here.</summary>
    public static string HoldWords(HoldReason reason) => reason == HoldReason.Coverage ? Say.It("On hold") : Say.It("On hold: {0}", Say.It(ReasonWords.HoldWords(reason)));

    /// <summary>Holds that the practice itself can end (domain.md §2.2), and how.</summary>
    public static string? WhatToDo(HoldReason reason) => reason switch
    {
        HoldReason.LicenseExpired or HoldReason.LicenseUnverified => Say.It("Send us the current state license of the ship-to."),
        HoldReason.AddressMismatch => Say.It("Tell us which address is right: the ship-to differs from the licensed one."),
        HoldReason.CreditHold => Say.It("Your accounts payable and the credit desk have to settle an open point."),
        HoldReason.DuplicatePo => Say.It("This PO was used before: tell us whether it is a new order."),
        _ => null,
    };

    /// <summary>"Ampule 20 mL 500 mcg/mL"; the NDC itself where the catalogue does not know it.</summary>
    public static string Product(string ndc) => Presentations.Find(ndc)?.Name ?? ndc;

    /// <summary>Receiving hours, "Mon–Fri 8 am–4 pm"; by the clock of 24 hours where the halves of the day have no short name.</summary>
    public static string Hours(ReceivingHours hours) => Say.IsEnglish ? DeliveryWords.Hours(hours)
        : string.Join("; ", SaveHours.Week.Where(hours.IsOpenOn).Select(d => $"{When.ShortWeekday(d)} {Windows(hours, d)}"));

    public static string Windows(ReceivingHours hours, DayOfWeek day) =>
        string.Join(", ", hours.On(day).Select(w => Say.IsEnglish ? DeliveryWords.Window(w) : string.Create(CultureInfo.InvariantCulture, $"{w.Opens:H:mm}–{w.Closes:H:mm}")));

    /// <summary>"4 × 20 mL"; several products with a comma.</summary>
    public static string Packs(IEnumerable<(string Ndc, int Packs)> lines)
    {
        var words = lines.GroupBy(l => l.Ndc, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
        {
            var packs = g.Sum(l => l.Packs);
            return Presentations.Find(g.Key) is { FillMl: { } fill }
                ? string.Create(CultureInfo.InvariantCulture, $"{packs} × {fill:0.#} mL")
                : Say.Many(packs, "1 pack", "{0} packs");
        });
        return string.Join(", ", words);
    }

    public static IReadOnlyList<SelectListItem> Conditions =>
        Enum.GetValues<ReceiptCondition>().Where(c => c is not (ReceiptCondition.WrongAddress or ReceiptCondition.LotNotInAsn)).Select(c => new SelectListItem(Condition(c), WireName.Of(c))).ToList();

    public static string Condition(ReceiptCondition condition) => Say.It(condition switch
    {
        ReceiptCondition.Good => "Good",
        ReceiptCondition.Short => "Short: packs are missing",
        ReceiptCondition.Over => "Over: more packs than ordered",
        ReceiptCondition.WrongItem => "Wrong item",
        ReceiptCondition.Damaged => "Damaged",
        ReceiptCondition.Leak => "Leaking",
        ReceiptCondition.TemperatureConcern => "Too warm or frozen",
        ReceiptCondition.ExpiredOrShortDated => "Expired or short-dated",
        ReceiptCondition.WrongAddress => "Not delivered to us",
        ReceiptCondition.Tamper => "Seal broken or tampered with",
        ReceiptCondition.LotNotInAsn => "Lot not announced",
        _ => WireName.Of(condition),
    });

    /// <summary>One scan in a plain sentence; a code that nobody has mapped is shown as itself.</summary>
    public static string Scan(TrackingEvent scan) => scan.Milestone switch
    {
        Milestone.LabelCreated => Say.It("Label made"),
        Milestone.PickedUp => Say.It("Picked up by the carrier"),
        Milestone.InTransit => Say.It("On its way"),
        Milestone.OutForDelivery => Say.It("Out for delivery"),
        Milestone.AvailableForPickup => Say.It("Waits at the carrier to be picked up"),
        Milestone.DeliveryAttempted => Say.It("Delivery was tried"),
        Milestone.Exception => scan.Exception is null or ExceptionClass.Unstated ? Say.It("Delayed, no reason given") : Say.It("Delayed: {0}", Say.It(scan.Exception.Value.ToString().ToLowerInvariant())),
        Milestone.EtaUpdate => Say.It("New estimate from the carrier"),
        Milestone.Delivered => scan.SignedBy is null ? Say.It("Delivered") : Say.It("Delivered, signed by {0}", scan.SignedBy),
        Milestone.Returning => Say.It("On its way back to the sender"),
        Milestone.Returned => Say.It("Back at the sender"),
        Milestone.Lost => Say.It("Declared lost by the carrier"),
        Milestone.Cancelled => Say.It("Cancelled"),
        _ => Say.It("Carrier says: '{0}'", scan.Text ?? scan.Code ?? "?"),
    };

    /// <summary>The mark it gets on the timeline.</summary>
    public static string Mark(Milestone milestone) => milestone switch
    {
        Milestone.LabelCreated => "label",
        Milestone.Delivered => "delivered",
        Milestone.Unknown => "unknown",
        Milestone.Exception or Milestone.DeliveryAttempted or Milestone.Returning or Milestone.Returned or Milestone.Lost or Milestone.Cancelled => "exception",
        _ => "scan",
    };

    /// <summary>An order's state in the practice's word, and its place on the way of five steps; null stands beside the way.</summary>
    public static (string Word, int? Step) Order(OrderState state) => state switch
    {
        OrderState.Draft => ("Draft", null),
        OrderState.OnHold => ("OnHold", 0),
        OrderState.Submitted or OrderState.Acknowledged or OrderState.Backordered or OrderState.Allocated => ("Placed", 0),
        OrderState.Released => ("Released", 1),
        OrderState.PartiallyShipped => ("PartlyShipped", 2),
        OrderState.Shipped => ("Shipped", 2),
        OrderState.Delivered => ("Delivered", 3),
        OrderState.Discrepancy => ("Discrepancy", 3),
        OrderState.ReceiptConfirmed or OrderState.Closed => ("Received", 5),
        _ => (state.ToString(), null),
    };
}
