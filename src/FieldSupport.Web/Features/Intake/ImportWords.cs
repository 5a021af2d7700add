using FieldSupport.Domain.Orders;
using FieldSupport.Domain.Shared;
using FieldSupport.Domain.Shipments;
using FieldSupport.Web.Exchange.Carriers;
using FieldSupport.Web.Features.Catalogue;

namespace FieldSupport.Web.Features.Intake;

/// <summary>What may stand in the columns of a kind that do not take any text, for help; taken from what the reading itself goes by.</summary>
public static class ImportWords
{
    /// <summary>A <c>receiving</c> that reads.</summary>
    public const string ReceivingExample = "Mon-Thu 08:00-12:00,13:00-16:00; Fri 08:00-12:00";

    private static readonly Dictionary<string, Func<IEnumerable<(string Column, string Words)>>> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        [ImportAccounts.KindName] = () =>
        [
            ("receiving", $"like {ReceivingExample} (the clinic's time, 24 hours; a day not named is closed)"),
            ("timeZone", "an IANA name like America/Chicago"), ("state, licenseState", "two letters"), ("zip", "5 or 9 digits"), ("licenseExpires", Day),
        ],
        [ImportClosures.KindName] = () => [("date", Day + "; federal holidays need not be listed")],
        [ImportVisits.KindName] = () => [("visitOn, refillBy", Day)],
        [ImportOrders.KindName] = () =>
        [
            ("type", All<OrderType>()), ("visit", $"a visit's key for {WireName.Of(OrderType.Refill)} and {WireName.Of(OrderType.InitialFill)}, empty for the others"),
            ("ndc", Catalogue), ("quantity", "packs"), ("service", All<ServiceLevel>()), ("submittedAt", Instant + "; empty: a draft"), ("acknowledgedAt", Instant), ("promisedShipOn", Day),
        ],
        [ImportShipments.KindName] = () => [("service", All<ServiceLevel>() + "; empty: the order's"), ("labelAt, committedAt", Instant)],
        [ImportReceipts.KindName] = () => [("ndc", Catalogue), ("condition", All<ReceiptCondition>()), ("receivedAt", Instant), ("expiry", Day)],
        [ImportTracking.KindName] = () =>
        [
            ("code", string.Join(", ", OwnCsvReader.Milestones.Select(m => WireName.Of(m)))),
            ("", $"{WireName.Of(Milestone.Exception)} may carry its class, like {WireName.Of(Milestone.Exception)}:{WireName.Of(ExceptionClass.Weather)}: {All<ExceptionClass>()}"),
            ("eventAt", Instant + "; without an offset it is local to its place"), ("eta", "a day or an instant"),
        ],
    };

    private const string Day = "a day, yyyy-MM-dd", Instant = "an instant with offset, like 2027-02-01T10:05:00-06:00";

    private static string Catalogue => "of the catalogue: " + string.Join(", ", Presentations.Listed.Select(p => p.Ndc));

    /// <summary>Columns and their words; a column without a name goes on with the one before.</summary>
    public static IEnumerable<(string Column, string Words)> Of(string kind) => Kinds[kind]();

    private static string All<T>() where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(v => WireName.Of(v)));
}
