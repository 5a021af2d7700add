using System.Globalization;
using System.Text;
using System.Text.Json;
using FieldSupport.Web.Exchange.Carriers;

namespace FieldSupport.E2E.Processes;

/// <summary>
/// What the kill run is about: four practices, and visits on every business day of three weeks, most with a parcel on its way, some with an
/// order only, some with nothing, so that every rung comes due for somebody while the clock leaps on. And what the world says about them.
/// </summary>
public static class KillWorld
{
    public const string Secret = "kill run";
    public const int Parcels = 60, OrdersOnly = 15, Uncovered = 15;

    /// <summary>A Monday morning in the practices.</summary>
    public static readonly DateTimeOffset StartsAt = new(2027, 1, 25, 14, 30, 0, TimeSpan.Zero);

    /// <summary>From the first visit's day to after the last one's: how far the clock has to go in all.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromDays(22);

    private static readonly string[] Slots = ["partner-service", "head-of-logistics", "field-head", "medical-affairs", "safety"];
    private static readonly string[] Practices = ["KILL-A", "KILL-B", "KILL-C", "KILL-D"];

    private static readonly DateTimeOffset Label = StartsAt.AddHours(-20);

    public static IEnumerable<KeyValuePair<string, string>> Settings =>
    [
        new("FieldSupport:Carriers:EasyPost:WebhookSecret", Secret),
        // What is due together goes together; nothing waits a quarter of an hour for more.
        new("FieldSupport:Policy:BundleMinutes", "0"),
        // Nobody's slot stays empty: every rung has its mail, none is parked.
        .. Slots.Select(slot => new KeyValuePair<string, string>($"FieldSupport:Recipients:{slot}", $"{slot}@kill.test")),
    ];

    public static string Accounts => "account,name,location,street,city,state,zip,timeZone,receiving,territory,licenseNumber,licenseState,licenseExpires,phone,coordinatorEmail,clinicalLeadEmail\n"
        + string.Concat(Practices.Select((p, i) => $"{p},Practice {p},Main,{i + 1} Mill Road,{(i % 2 == 0 ? "Memphis,TN,38103,America/Chicago" : "Lexington,KY,40507,America/New_York")},Mon-Fri 08:00-16:00,{(i % 2 == 0 ? "TN-West" : "KY-East")},L-{i},TN,2029-12-31,,care-{i}@kill.test,lead-{i}@kill.test\n"));

    public static string Visits => "account,visit,visitOn,refillBy,reference\n"
        + string.Concat(Enumerable.Range(0, Parcels + OrdersOnly + Uncovered).Select(i => $"{Practice(i)},{Visit(i)},{Day(i)},,kr {i}\n"));

    public static string Orders => OrderColumns
        + string.Concat(Enumerable.Range(0, Parcels + OrdersOnly).Select(i => $"{Practice(i)},{Po(i)},REFILL,{Visit(i)},70121-2503-01,2,TWO_DAY,{Iso(StartsAt.AddDays(-3))},{(i % 7 == 0 ? "" : Iso(StartsAt.AddDays(-2)))}\n"));

    public static string Shipments => ShipmentColumns + string.Concat(Enumerable.Range(0, Parcels).Select(i => $"{Po(i)},FedEx,{Tracking(i)},TWO_DAY,{Iso(Label)},{Iso(Label.AddDays(2))},{Practice(i)}\n"));

    private const string OrderColumns = "account,po,type,visit,ndc,quantity,service,submittedAt,acknowledgedAt\n";
    private const string ShipmentColumns = "po,carrier,tracking,service,labelAt,committedAt,account\n";

    /// <summary>Files that come in during the run: one practice's late visit, its order, its parcel.</summary>
    public static (string Kind, string Text)[] Late(int n, DateTimeOffset now)
    {
        var (practice, visit, po) = (Practices[n % Practices.Length], $"V-LATE-{n}", LatePo(n));
        return
        [
            ("visits", $"account,visit,visitOn,refillBy,reference\n{practice},{visit},{Weekday(now.AddDays(6))},,late {n}\n"),
            ("orders", OrderColumns + $"{practice},{po},REFILL,{visit},70121-2503-01,1,OVERNIGHT,{Iso(now)},{Iso(now)}\n"),
            ("shipments", ShipmentColumns + $"{po},FedEx,9900{n:00000000},OVERNIGHT,{Iso(now)},,{practice}\n"),
        ];
    }

    public static string LatePo(int n) => $"PO-LATE-{n}";

    /// <summary>A file of scans; each bears its name as its city, so that it is told from all others.</summary>
    public static string Scans(IEnumerable<string> names, DateTimeOffset now, Random random) => "carrier,tracking,eventAt,code,city,state,zip,signedBy\n"
        + string.Concat(names.Select(name => $"FedEx,{Tracking(random.Next(Parcels))},{Iso(Recent(now, random))},IN_TRANSIT,{name},TN,,\n"));

    /// <summary>An event of the carrier, which bears its name as the scan's message.</summary>
    public static byte[] Event(string name, DateTimeOffset now, Random random)
    {
        var parcel = random.Next(Parcels);
        var status = random.Next(100) switch { < 3 when parcel % 5 == 0 => "delivered", < 12 => "failure", < 20 => "out_for_delivery", _ => "in_transit" };
        return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            id = "evt_" + name, @object = "Event", description = "tracker.updated",
            result = new
            {
                id = "trk_" + parcel, @object = "Tracker", tracking_code = Tracking(parcel), carrier = "FedEx", status,
                tracking_details = new[]
                {
                    new { @object = "TrackingDetail", message = name, status, datetime = Iso(Recent(now, random)), tracking_location = new { city = "Hub " + name, state = "TN" } },
                },
            },
        }));
    }

    public static string Sign(byte[] body) => EasyPostSignature.Sign(body, Secret);

    private static DateTimeOffset Recent(DateTimeOffset now, Random random) => new[] { now.AddMinutes(-random.Next(300)), Label }.Max();

    private static string Practice(int i) => Practices[i % Practices.Length];
    private static string Visit(int i) => $"V-KILL-{i}";
    private static string Po(int i) => $"PO-KILL-{i}";
    private static string Tracking(int i) => $"7700{i:00000000}";
    private static string Day(int i) => Weekday(StartsAt.AddDays(2 + i % 18));

    private static string Weekday(DateTimeOffset at) =>
        at.AddDays(at.DayOfWeek switch { DayOfWeek.Saturday => 2, DayOfWeek.Sunday => 1, _ => 0 }).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
