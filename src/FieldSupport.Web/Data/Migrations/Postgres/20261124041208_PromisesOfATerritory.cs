using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FieldSupport.Web.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class PromisesOfATerritory : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Shipments_ReplacesShipmentId",
                table: "Shipments");

            migrationBuilder.CreateIndex(
                name: "IX_Shipments_ReplacesShipmentId",
                table: "Shipments",
                column: "ReplacesShipmentId",
                filter: "\"ReplacesShipmentId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Deliveries_PromisedOfTerritory",
                table: "Deliveries",
                columns: new[] { "TerritoryCode", "PromisedByUtc" },
                filter: "\"PromisedByUtc\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Shipments_ReplacesShipmentId",
                table: "Shipments");

            migrationBuilder.DropIndex(
                name: "IX_Deliveries_PromisedOfTerritory",
                table: "Deliveries");

            migrationBuilder.CreateIndex(
                name: "IX_Shipments_ReplacesShipmentId",
                table: "Shipments",
                column: "ReplacesShipmentId");
        }
    }
}
